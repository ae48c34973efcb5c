// What somebody who watches a whole account is told (NOTIFY, RFC 5465 5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/origin.h"
#include "store/types.h"

namespace mailkeep::store {

struct MailboxEvent {
  enum class Kind : std::uint8_t {
    messages,  // new, changed or gone: see changes_since and the counters
    created,
    deleted,
    renamed,       // one event for each mailbox that moved
    subscription,  // `name` is subscribed or not any more; `mailbox` is 0 where there is none
    annotation,    // of the mailbox, or of the account where `mailbox` is 0
    access,        // somebody's rights
    attributes,    // special use
  };
  Kind kind = Kind::messages;
  MailboxId mailbox{};
  Modseq modseq{};         // of `messages`: the mailbox's highest now
  std::string name{};      // of created, deleted, renamed (the new one), subscription
  std::string old_name{};  // of renamed
  bool subscribed = false;
  std::vector<std::string> entries{};  // of annotation: what changed, in lower case
  std::string reader{};                // of annotation: whose /private it is; empty: the owner's
  Origin origin = kNoOrigin;           // whose change it is
};

}  // namespace mailkeep::store
