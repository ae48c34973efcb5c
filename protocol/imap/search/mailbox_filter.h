// filter-mailboxes (RFC 5465 8, RFC 7377 4): which mailboxes a command is about.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxFilterNames = 1'000;  // in one command

struct MailboxFilter {
  enum class Kind : std::uint8_t {
    selected,
    selected_delayed,  // NOTIFY only
    inboxes,
    personal,
    subscribed,
    subtree,
    subtree_one,  // ESEARCH only
    mailboxes,
  };
  Kind kind = Kind::selected;
  std::vector<std::string> names;  // of subtree, subtree_one and mailboxes
};

Parsed<MailboxFilter> parse_mailbox_filter(Decoder& decoder);

// Whether a mailbox of the list of all is meant; false for `selected`.
bool is_meant(const MailboxFilter& filter, const ReachedMailbox& mailbox,
              const MailboxAccess& access);

}  // namespace mailkeep::imap
