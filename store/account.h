// One account: its mailboxes, messages and their changes. See store.h for threads and errors.
//
// Mailbox names are UTF-8 with '/' between levels, at most 1000 octets, and INBOX in any case is
// "INBOX". Every change of a mailbox takes its next mod-sequence; expunges are remembered. Message
// data and structure changes are durable when a function returns; flag changes survive the process
// at once and power loss within a second (Store::maintain). Waiting writes share one transaction,
// each with a savepoint of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.h"
#include "store/access.h"
#include "store/annotation.h"
#include "store/comparator.h"
#include "store/delivered_once.h"
#include "store/mailbox_event.h"
#include "store/mailbox_origin.h"
#include "store/message_upload.h"
#include "store/quota.h"
#include "store/retention.h"
#include "store/search_query.h"
#include "store/sort_keys.h"
#include "store/types.h"
#include "store/uid_map.h"
#include "store/watch.h"

namespace mailkeep::store {

enum class SpecialUse : std::uint8_t {
  none,
  archive,
  drafts,
  flagged,
  junk,
  sent,
  trash,
  important,  // RFC 8457
};  // RFC 6154 2

struct MailboxInfo {
  MailboxId id;
  std::string object_id;  // RFC 8474 4: stays when the mailbox is renamed
  std::string name;
  std::uint32_t uid_validity = 0;
  Uid uid_next{1};
  Modseq highest_modseq{1};
  std::uint32_t messages = 0;
  std::uint32_t unseen = 0;
  std::uint32_t deleted = 0;  // with \Deleted
  std::uint64_t size_bytes = 0;
  std::uint64_t deleted_bytes = 0;  // of messages with \Deleted
  Uid first_recent{1};              // messages from this UID on are \Recent to the next session
  SpecialUse special_use = SpecialUse::none;
  bool selectable = true;  // false: \NoSelect, kept for its children
  bool subscribed = false;
  bool has_children = false;
  std::shared_ptr<const std::vector<std::string>> keywords;  // never null
};

// The state a session starts from.
struct MailboxSnapshot {
  MailboxInfo info;
  SharedUidMap uids;
};

struct MessageRow {
  Uid uid;
  MessageId message;
  FlagBits flags = 0;
  Modseq modseq;
  std::uint64_t size = 0;  // octets
  InternalDate internal_date;
  std::int64_t save_date = 0;  // seconds; when it came into this mailbox (RFC 8514)
};

struct FlagRow {
  Uid uid;
  FlagBits flags = 0;
  Modseq modseq;
};

// What happened to a mailbox after a mod-sequence.
struct Changes {
  Modseq highest_modseq;
  UidSet expunged;
  std::vector<FlagRow> changed;  // ascending UIDs; new messages are among them
  Uid uid_next{1};
  std::shared_ptr<const std::vector<std::string>> keywords;
};

enum class FlagOperation : std::uint8_t { replace, add, remove };

struct FlagChange {
  UidSet uids;
  FlagOperation operation = FlagOperation::add;
  FlagSet flags;
  std::optional<Modseq> unchanged_since;  // RFC 7162 3.1.3
  FlagSet cleared{};                      // with add: taken away in the same step
};

struct FlagChangeResult {
  Modseq previous_modseq;  // of the mailbox, before this change
  Modseq modseq;           // after it; equal to previous_modseq where nothing changed
  std::vector<FlagRow>
      messages;     // all that exist and were not refused, with the flags they have now
  UidSet modified;  // refused by unchanged_since
  std::shared_ptr<const std::vector<std::string>> keywords;
};

struct NewMessage {
  MessageUpload upload;
  FlagSet flags;
  InternalDate internal_date;
  // Its UID in the mailbox's origin (mailbox_origin.h), in ascending order. One that was taken
  // already, and is not missing, is left out; else it keeps that UID where it can.
  Uid origin_uid{};
  std::string pop3_id{};  // see Account::pop3_ids
  std::optional<DeliveredOnce> once{};
};

// A mailbox that takes the messages of one elsewhere.
struct AdoptedMailbox {
  MailboxInfo info;
  MailboxOrigin origin;     // how far it is
  bool keeps_uids = false;  // its UIDVALIDITY is that of the origin
};

struct AppendResult {
  MailboxId mailbox;
  std::uint32_t uid_validity = 0;
  UidSet uids;  // in the order of the messages
  // Those that are not as they should be.
  std::vector<std::pair<Uid, mime::DefectKinds>> defective;
};

struct CopyResult {
  std::uint32_t uid_validity = 0;  // of the destination
  // Pairs in the order of the source UIDs; messages that were gone are left out.
  std::vector<std::pair<Uid, Uid>> uids;
};

enum class Detail : std::uint8_t {
  flags,      // of MessageRow only uid, flags and modseq
  row,        // MessageRow only
  structure,  // and the kept structure
  header,     // and the header octets of the message (RFC822.HEADER)
};

// Messages of one mailbox in the order of their UIDs, out of one read transaction. Blocking; lives
// on one thread; to be used up soon, since it holds a database handle.
class MessageCursor {
 public:
  virtual ~MessageCursor() = default;

  // The next message; false at the end.
  virtual bool next() = 0;
  virtual const MessageRow& row() const = 0;

  // Serialized mime::Structure (mime::deserialize), of the current parser version: an older one is
  // computed again here. Valid until next(). Allowed whatever `Detail` was asked for; without it,
  // it costs a look-up.
  virtual std::string_view structure() = 0;
  // The message's header with its blank line. Valid until next().
  virtual std::string_view header() = 0;
  // RFC 8474 5.2; object_id.h has the form to show. A look-up.
  virtual ThreadId thread() = 0;
  // mime::preview (RFC 8970): a look-up once it was made.
  virtual std::string preview() = 0;
  // Appends octets [offset, offset + length) of the message, as far as they exist, to `out`.
  virtual void read(std::uint64_t offset, std::uint64_t length, std::string& out) = 0;
};

// What to do about a mailbox access key (RFC 4467 2.2).
enum class UrlKey : std::uint8_t {
  find,   // empty where there is none
  make,   // where there is none
  renew,  // in the place of any that is there
};

struct CheckReport {
  std::uint64_t mailboxes = 0;
  std::uint64_t messages = 0;
  std::vector<std::string> problems;  // a sentence each; at most 1,000
};

// Is told of a message that could not be handled, and why; on the calling thread.
using FailureSink = std::function<void(Uid, std::string_view what)>;

class Account {
 public:
  virtual ~Account() = default;
  virtual AccountId id() const = 0;
  virtual const std::string& name() const = 0;

  // --- mailboxes ---
  virtual StoreResult<std::vector<MailboxInfo>> mailboxes() = 0;  // by name, INBOX first
  virtual StoreResult<MailboxInfo> mailbox(std::string_view name) = 0;
  virtual StoreResult<MailboxInfo> mailbox(MailboxId mailbox) = 0;
  // Makes missing parents too, as mailboxes that can be selected (RFC 9051 6.3.4).
  virtual StoreResult<MailboxInfo> create_mailbox(std::string_view name,
                                                  SpecialUse use = SpecialUse::none) = 0;
  // A mailbox with children becomes \NoSelect; deleting that again is mailbox_has_children.
  virtual StoreResult<void> delete_mailbox(std::string_view name) = 0;
  // Children move along. INBOX: its messages move into the new mailbox (RFC 9051 6.3.6).
  virtual StoreResult<void> rename_mailbox(std::string_view from, std::string_view to) = 0;
  virtual StoreResult<void> set_special_use(std::string_view name, SpecialUse use) = 0;
  virtual StoreResult<void> subscribe(std::string_view name, bool subscribed) = 0;
  // Subscribed names, whether or not such a mailbox exists (RFC 3501 6.3.9).
  virtual StoreResult<std::vector<std::string>> subscriptions() = 0;

  // --- one mailbox's state ---
  virtual StoreResult<MailboxSnapshot> snapshot(MailboxId mailbox) = 0;
  // The lowest UID without \Seen; message_gone where all are seen. Not O(messages) where that can
  // be helped: SELECT asks it.
  virtual StoreResult<Uid> first_unseen(MailboxId mailbox) = 0;
  // Changes after `since`; O(changes).
  virtual StoreResult<Changes> changes_since(MailboxId mailbox, Modseq since) = 0;
  // Those of `among` that are gone and were expunged after `since` (RFC 7162 3.2.5.2). Where the
  // history does not go back so far: all of `among` that are gone.
  virtual StoreResult<UidSet> expunged_since(MailboxId mailbox, Modseq since,
                                             const UidSet& among) = 0;
  // The mod-sequence of the latest commit that is known here, without any I/O; Modseq{0} where not
  // known.
  virtual Modseq latest_modseq(MailboxId mailbox) const = 0;
  // HIGHESTMODSEQ of all mailboxes, in one read.
  virtual StoreResult<std::vector<std::pair<MailboxId, Modseq>>> latest_modseqs() = 0;
  // `changed` is called after each commit that changed the mailbox.
  virtual Watch watch(MailboxId mailbox, std::function<void()> changed) = 0;
  // The same for everything in the account; `happened` is called for each event, in order.
  virtual Watch watch_account(std::function<void(const MailboxEvent&)> happened) = 0;
  // Why nobody may use the account any more, without any I/O: account_suspended, or no_such_account
  // where it was removed. maintain() learns of it. Whoever uses it should end.
  virtual std::optional<StoreError> closed() const = 0;
  // `closed` is called when that changes.
  virtual Watch watch_closing(std::function<void()> closed) = 0;
  // Takes \Recent for a session: returns the first UID that no session was told of before, and
  // moves the mark up to `next` (RFC 3501 2.3.2). Survives a clean stop; after a crash messages may
  // be \Recent again.
  virtual StoreResult<Uid> claim_recent(MailboxId mailbox, Uid next) = 0;

  // --- messages ---
  virtual StoreResult<std::unique_ptr<MessageCursor>> messages(MailboxId mailbox,
                                                               const UidSet& uids,
                                                               Detail detail) = 0;
  // UIDs that match, ascending. `stop` ends it early with what was found; it may take long without
  // an index. A message that is damaged, that our code fails at, or that takes too long
  // (StoreOptions::parsing) does not match, and `failed`, if any, is told.
  virtual StoreResult<UidSet> search(MailboxId mailbox, const SearchQuery& query,
                                     std::stop_token stop = {}, const FailureSink& failed = {}) = 0;

  // What to sort or thread `uids` by, of those that are there. Reads no content, except once for
  // the messages of an account that was made by an older Mailkeep. Texts for another comparator
  // than i;unicode-casemap are not kept: they are made from each message's structure.
  virtual StoreResult<SortTable> sort_keys(MailboxId mailbox, const UidSet& uids, SortDetail detail,
                                           Comparator comparator) = 0;

  // Where the octets of a message to append go. Never fails for what a client did.
  virtual MessageUpload begin_upload() = 0;
  // All of them or none; one mod-sequence and consecutive UIDs. `keywords` beyond the limit:
  // too_many_keywords.
  virtual StoreResult<AppendResult> append(std::string_view mailbox,
                                           std::vector<NewMessage> messages) = 0;
  // Appends `message` to `destination` and expunges `uid` of `mailbox`, both or none (RFC 8508 3).
  // A message that is gone already: message_gone.
  virtual StoreResult<AppendResult> replace(MailboxId mailbox, Uid uid,
                                            std::string_view destination, NewMessage message) = 0;
  // One result for each change, in order; all in one transaction.
  virtual std::vector<StoreResult<FlagChangeResult>> change_flags(
      MailboxId mailbox, std::span<const FlagChange> changes) = 0;
  // Flags, internal date and content come along; content is shared, never copied. All or none.
  virtual StoreResult<CopyResult> copy(MailboxId from, const UidSet& uids, std::string_view to) = 0;
  virtual StoreResult<CopyResult> move(MailboxId from, const UidSet& uids, std::string_view to) = 0;
  // Removes those of `uids` that have \Deleted.
  virtual StoreResult<UidSet> expunge_deleted(MailboxId mailbox, const UidSet& uids) = 0;
  // Removes them whatever their flags (POP3).
  virtual StoreResult<UidSet> expunge(MailboxId mailbox, const UidSet& uids) = 0;

  // --- coming from elsewhere: see mailbox_origin.h ---
  // The mailbox, made where it is missing, ready for append with NewMessage::origin_uid. One that
  // never had a message takes the UIDVALIDITY of its origin. From another origin than before
  // everything is taken again. `uid_validity` must not be 0.
  virtual StoreResult<AdoptedMailbox> adopt_mailbox(std::string_view name, std::string_view source,
                                                    std::uint32_t uid_validity) = 0;
  // With an empty source where it has none.
  virtual StoreResult<MailboxOrigin> origin(MailboxId mailbox) = 0;
  // Brings `uid_next` and `modseq` of its origin forward, never back. Where UIDs are kept, UIDNEXT
  // follows `uid_next`.
  virtual StoreResult<void> advance_origin(MailboxId mailbox, Uid uid_next, Modseq modseq) = 0;
  // Append of messages of the origin. `refused` are UIDs there, beside these, which the origin told
  // of and did not give: in the same transaction they become missing, and what is taken is so no
  // more. No messages are fine.
  virtual StoreResult<AppendResult> take(std::string_view mailbox, std::vector<NewMessage> messages,
                                         const UidSet& refused) = 0;
  virtual StoreResult<MissingUids> missing_uids(MailboxId mailbox) = 0;
  // First `gone` are missing no more, then `more` are.
  virtual StoreResult<void> change_missing(MailboxId mailbox, const MissingUids& more,
                                           const UidSet& gone) = 0;
  // Notes for mailboxes with an origin that what is done once was done.
  virtual StoreResult<void> finish_origins(std::span<const MailboxId> mailboxes) = 0;
  // (UID there, UID here), ascending, of the messages that could not keep their UID, and of those
  // that are not below MailboxOrigin::own_from. Some may be gone.
  virtual StoreResult<std::vector<std::pair<Uid, Uid>>> moved_uids(MailboxId mailbox) = 0;
  // The unique ids (RFC 1939 7) that POP3 clients know messages by from another server, ascending.
  virtual StoreResult<std::vector<std::pair<Uid, std::string>>> pop3_ids(MailboxId mailbox) = 0;
  // Keeps more of them, in place of those that the messages have. What is no unique id, is that of
  // another message, or whose message is not there, is passed over. Returns how many were kept.
  virtual StoreResult<std::size_t> set_pop3_ids(
      MailboxId mailbox, std::span<const std::pair<Uid, std::string>> ids) = 0;

  // --- what was removed: see retention.h ---
  // By name; each has messages that can be restored.
  virtual StoreResult<std::vector<RemovedMailbox>> removed_mailboxes() = 0;
  // In the order of their UIDs, at most so many.
  virtual StoreResult<std::vector<RemovedMessage>> removed_messages(MailboxId mailbox,
                                                                    std::size_t most) = 0;
  // Messages come back under new UIDs, in transactions of some hundred each: after a refusal some
  // may be there. A mailbox that was deleted is made again.
  virtual StoreResult<RestoreResult> restore_removed(MailboxId mailbox,
                                                     const RestoreQuery& which) = 0;

  // --- quota (RFC 9208) ---
  // O(1). Append, copy and create_mailbox refuse with over_quota what goes beyond a limit.
  virtual StoreResult<Quota> quota() = 0;
  // Limits below what is used are fine: nothing more comes in.
  virtual StoreResult<void> set_quota(const QuotaLimits& limits) = 0;

  // --- annotations (RFC 5464) --- MailboxId{0}: the account's own. They move with rename_mailbox
  // and go with delete_mailbox; those of INBOX stay with INBOX.
  virtual StoreResult<Annotations> annotations(MailboxId mailbox, const AnnotationQuery& query) = 0;
  // All of them or none.
  virtual StoreResult<void> annotate(MailboxId mailbox,
                                     std::span<const AnnotationChange> changes) = 0;

  // --- access of others (RFC 4314) --- The owner has all rights, whatever the entries say.
  virtual StoreResult<std::vector<AccessEntry>> access(MailboxId mailbox) = 0;
  // Replaces the identifier's entry; no rights: it goes. A new mailbox has those of the one above.
  virtual StoreResult<void> set_access(MailboxId mailbox, std::string_view identifier,
                                       std::string_view rights) = 0;
  // The same account as somebody else sees it: with \Seen (RFC 4314 4) and /private annotations of
  // their own. Checks no rights. The owner's name gives the account itself.
  virtual std::shared_ptr<Account> for_reader(std::string_view reader) = 0;

  // --- keys of URLs (RFC 4467) --- Of each user and mailbox one, of 256 bits.
  virtual StoreResult<std::string> url_key(MailboxId mailbox, UrlKey what) = 0;
  // Takes away those of all mailboxes of the account that are this user's.
  virtual StoreResult<void> remove_url_keys() = 0;

  // --- care ---
  // Counts, content hashes, references and indexes, all of them.
  virtual StoreResult<CheckReport> check() = 0;
};

}  // namespace mailkeep::store
