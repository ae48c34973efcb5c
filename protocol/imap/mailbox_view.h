// What one session knows of its selected mailbox, and the only place that knows sequence numbers
// (RFC 9051 2.3.1.2): the messages the client has been told of, and how changes in the store become
// untagged EXISTS, EXPUNGE, FETCH and RECENT at the allowed moments (RFC 9051 5.2, 5.5, 7.5.1).
//
// Belongs to one session; `sync` does store work and is called where blocking is fine, all else
// does none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/wire/encoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "store/account.h"

namespace mailkeep::imap {

class MailboxView {
 public:
  // `first_recent`: messages from this UID on are \Recent in this session.
  MailboxView(std::shared_ptr<store::Account> account, store::MailboxSnapshot snapshot,
              bool read_only, store::Uid first_recent);

  const store::MailboxInfo& info() const { return info_; }
  store::MailboxId id() const { return info_.id; }
  bool read_only() const { return read_only_; }
  const store::UidMap& uids() const { return *uids_; }
  const std::vector<std::string>& keywords() const { return *info_.keywords; }
  bool is_recent(store::Uid uid) const { return uid >= first_recent_; }
  std::uint32_t recent_count() const;
  // The mod-sequence up to which the client has been told everything.
  store::Modseq modseq() const { return modseq_; }

  // The wire's set as UIDs the client knows. Sequence numbers beyond the mailbox: nothing.
  std::optional<store::UidSet> resolve(const SequenceSet& set, bool by_uid) const;

  // --- changes ---
  // Whether the store has news, without I/O.
  bool may_have_changed() const;
  // Reads the news from the store (blocking). They are told by write_changes().
  store::StoreResult<void> fetch_changes();
  // Writes what has been fetched. `expunges`: whether EXPUNGE may be told now (never in FETCH,
  // STORE, SEARCH by sequence number); if not they wait. `with_modseq`, `with_uid` add MODSEQ and
  // UID to FETCH responses.
  struct Telling {
    bool expunges = true;
    bool with_modseq = false;
    bool with_uid = false;
  };
  void write_changes(Encoder& out, const Telling& telling);
  // Whether an expunge waits to be told.
  bool has_pending_expunges() const { return !pending_expunged_.empty(); }

  // The session itself changed flags: `told` says whether the client has been, or shall not be,
  // told of these messages. Where nobody else changed anything in between, nothing is read again.
  void own_flag_change(const store::FlagChangeResult& result, const store::UidSet& silent);

 private:
  void write_flags(Encoder& out, const store::FlagRow& row, const Telling& telling) const;
  void write_expunges(Encoder& out);

  std::shared_ptr<store::Account> account_;
  store::MailboxInfo info_;
  store::SharedUidMap uids_;
  bool read_only_;
  store::Uid first_recent_;
  store::Modseq modseq_;

  store::UidSet pending_expunged_;
  std::vector<store::FlagRow> pending_flags_;  // ascending UIDs, messages the client knows
  std::vector<store::FlagRow> own_told_;       // own changes not to tell again
  store::UidSet pending_new_;
  bool keywords_changed_ = false;
};

}  // namespace mailkeep::imap
