// What one session knows of its selected mailbox, and the only place that knows sequence numbers
// (RFC 9051 2.3.1.2): the messages the client has been told of, and how changes in the store become
// untagged EXISTS, EXPUNGE, FETCH and RECENT at the allowed moments (RFC 9051 5.2, 5.5, 7.5.1).
//
// Belongs to one session and is used by one thread at a time. `fetch_changes` and the constructor's
// caller do store work, where blocking is fine; all else does none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/imap/enabled.h"
#include "protocol/imap/rights.h"
#include "protocol/imap/wire/encoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "store/account.h"

namespace mailkeep::imap {

class MailboxView {
 public:
  // `recent`: the messages that are \Recent in this session (RFC 3501 2.3.2).
  MailboxView(std::shared_ptr<store::Account> account, store::MailboxSnapshot snapshot,
              bool read_only, store::UidSet recent, Rights rights = right::all,
              std::string name = {});

  // As the session's user says it.
  const std::string& name() const { return name_; }
  // Whose mailbox it is: not always the account of the session.
  store::Account& account() const { return *account_; }
  // What the session's user may do with it, as it was when it was selected (RFC 4314 5.1.1).
  Rights rights() const { return rights_; }
  bool may(Rights rights) const { return (rights_ & rights) == rights; }

  const store::MailboxInfo& info() const { return info_; }
  store::MailboxId id() const { return info_.id; }
  bool read_only() const { return read_only_; }
  const store::UidMap& uids() const { return own_uids_ ? *own_uids_ : *shared_uids_; }
  const std::vector<std::string>& keywords() const { return *info_.keywords; }
  bool is_recent(store::Uid uid) const { return !enabled_->imap4rev2 && recent_.contains(uid); }
  const store::UidSet& recent() const { return recent_; }
  std::uint32_t recent_count() const;
  // The state of the mailbox up to which this view has read.
  store::Modseq modseq() const { return modseq_; }

  // The wire's set as UIDs the client knows. Nothing: a sequence number that is not there.
  std::optional<store::UidSet> resolve(const SequenceSet& set, bool by_uid) const;

  // What "$" stands for (RFC 5182 2.1); messages that are gone are left out where it is used.
  const store::UidSet& saved_result() const { return saved_result_; }
  void save_result(store::UidSet uids) { saved_result_ = std::move(uids); }

  // Whether the store has news, without I/O.
  bool may_have_changed() const;
  // Reads the news from the store; write_changes() tells them. A mailbox that was deleted meanwhile
  // has lost all its messages.
  void fetch_changes();

  // Follows what the client has switched on, which must outlive the view: MODSEQ in FETCH responses
  // (RFC 7162 3.2), VANISHED for EXPUNGE (RFC 7162 3.2.10), UIDFETCH for FETCH (RFC 9586 3.3), no
  // RECENT (RFC 9051).
  void obey(const Enabled& enabled) { enabled_ = &enabled; }

  // Tells what has been read and may be told: EXPUNGE and flags where they may be, else they wait.
  // Returns the messages that the client did not know before, without its own.
  store::UidSet write_changes(Encoder& out, bool expunges, bool flags = true);

  // The untagged FLAGS response of the mailbox, with PERMANENTFLAGS where `permanent`.
  void write_flag_names(Encoder& out, bool permanent) const;
  // "* n FETCH (" of a message, or "* uid UIDFETCH (". False: the client does not know it.
  [[nodiscard]] bool begin_fetch(Encoder& out, store::Uid uid) const;
  // FETCH of flags; `with_uid` for the UID commands.
  void write_flags(Encoder& out, const store::FlagRow& row, bool with_uid, bool with_modseq) const;

  // The session changed flags itself and has told the client as much as it should. Where nobody
  // else changed anything in between, these changes will not be read again.
  void own_flag_change(const store::FlagChangeResult& result);
  // The session itself added these messages.
  void note_own_messages(const store::UidSet& uids);
  // Learns keywords that came with an own change, and tells them.
  void learn_keywords(Encoder& out,
                      const std::shared_ptr<const std::vector<std::string>>& keywords);

 private:
  store::UidMap& own_uids();
  void note_changed(const store::FlagRow& row);
  void note_expunged(const store::UidSet& expunged);
  void write_expunges(Encoder& out);

  std::shared_ptr<store::Account> account_;
  store::MailboxInfo info_;
  store::SharedUidMap shared_uids_;          // as selected, until something changes
  std::unique_ptr<store::UidMap> own_uids_;  // from then on
  bool read_only_;
  Rights rights_;
  std::string name_;
  static constexpr Enabled kNothingEnabled{};
  const Enabled* enabled_ = &kNothingEnabled;
  bool deleted_ = false;
  store::UidSet recent_;
  store::UidSet saved_result_;
  store::Modseq modseq_;

  store::UidSet pending_expunged_;             // known to the client, gone from the store
  store::UidSet pending_new_;                  // not yet known to the client
  std::vector<store::FlagRow> pending_flags_;  // of messages the client knows
  store::UidSet own_messages_;                 // added by the session, not told yet
  std::vector<store::FlagRow> own_changes_;    // not to be told when they are read from the store
  bool keywords_changed_ = false;
};

}  // namespace mailkeep::imap
