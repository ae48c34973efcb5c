// The Account on SQLite. Its functions are spread over the files named after their subject
// (account_mailboxes.cpp, account_append.cpp, ...); here is what they share.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "store/account.h"
#include "store/account_file.h"
#include "store/mailbox_row.h"
#include "store/mailbox_states.h"
#include "store/message_change.h"
#include "store/sort_table_cache.h"
#include "store/sqlite/transaction.h"
#include "store/store.h"
#include "store/text_index.h"
#include "store/text_indexer.h"
#include "store/upload_state.h"
#include "store/watch_list.h"
#include "store/write_queue.h"

namespace mailkeep::store {

// What all accounts of a store share.
struct AccountSettings {
  std::filesystem::path spool;
  StoreOptions options;
  std::function<void(AccountId)> on_open;  // before the first connection is opened
  // Tells the directory that a mailbox is shared with an identifier, or not any more.
  std::function<void(AccountId, MailboxId, std::string_view, bool)> on_share;
  // Who watches what is shared: the identifier, and the owner's name.
  std::shared_ptr<WatchList<std::string, std::string>> shares;
  std::shared_ptr<SortTableCache> sort_tables;
};

class AccountImpl final : public Account,
                          public std::enable_shared_from_this<AccountImpl>,
                          private WriteObserver {
 public:
  AccountImpl(AccountId id, std::string name, const std::filesystem::path& file,
              std::shared_ptr<const AccountSettings> settings);
  ~AccountImpl() override;

  AccountId id() const override { return id_; }
  const std::string& name() const override { return name_; }

  StoreResult<std::vector<MailboxInfo>> mailboxes() override;
  StoreResult<MailboxInfo> mailbox(std::string_view name) override;
  StoreResult<MailboxInfo> mailbox(MailboxId mailbox) override;
  StoreResult<MailboxInfo> create_mailbox(std::string_view name, SpecialUse use) override;
  StoreResult<void> delete_mailbox(std::string_view name) override;
  StoreResult<void> rename_mailbox(std::string_view from, std::string_view to) override;
  StoreResult<void> set_special_use(std::string_view name, SpecialUse use) override;
  StoreResult<void> subscribe(std::string_view name, bool subscribed) override;
  StoreResult<std::vector<std::string>> subscriptions() override;

  StoreResult<MailboxSnapshot> snapshot(MailboxId mailbox) override;
  StoreResult<Uid> first_unseen(MailboxId mailbox) override;
  StoreResult<Changes> changes_since(MailboxId mailbox, Modseq since) override;
  StoreResult<UidSet> expunged_since(MailboxId mailbox, Modseq since, const UidSet& among) override;
  Modseq latest_modseq(MailboxId mailbox) const override;
  StoreResult<std::vector<std::pair<MailboxId, Modseq>>> latest_modseqs() override;
  Watch watch(MailboxId mailbox, std::function<void()> changed) override;
  Watch watch_account(std::function<void(const MailboxEvent&)> happened) override;
  std::optional<StoreError> closed() const override;
  Watch watch_closing(std::function<void()> closed) override;
  StoreResult<Uid> claim_recent(MailboxId mailbox, Uid next) override;

  StoreResult<std::unique_ptr<MessageCursor>> messages(MailboxId mailbox, const UidSet& uids,
                                                       Detail detail) override;
  StoreResult<UidSet> search(MailboxId mailbox, const SearchQuery& query, std::stop_token stop,
                             const FailureSink& failed) override;
  StoreResult<SortTable> sort_keys(MailboxId mailbox, const UidSet& uids, SortDetail detail,
                                   Comparator comparator) override;
  MessageUpload begin_upload() override;
  StoreResult<AppendResult> append(std::string_view mailbox,
                                   std::vector<NewMessage> messages) override;
  StoreResult<AppendResult> replace(MailboxId mailbox, Uid uid, std::string_view destination,
                                    NewMessage message) override;
  std::vector<StoreResult<FlagChangeResult>> change_flags(
      MailboxId mailbox, std::span<const FlagChange> changes) override;
  StoreResult<CopyResult> copy(MailboxId from, const UidSet& uids, std::string_view to) override;
  StoreResult<CopyResult> move(MailboxId from, const UidSet& uids, std::string_view to) override;
  StoreResult<UidSet> expunge_deleted(MailboxId mailbox, const UidSet& uids) override;
  StoreResult<UidSet> expunge(MailboxId mailbox, const UidSet& uids) override;

  StoreResult<AdoptedMailbox> adopt_mailbox(std::string_view name, std::string_view source,
                                            std::uint32_t uid_validity) override;
  StoreResult<MailboxOrigin> origin(MailboxId mailbox) override;
  StoreResult<void> advance_origin(MailboxId mailbox, Uid uid_next, Modseq modseq) override;
  StoreResult<AppendResult> take(std::string_view mailbox, std::vector<NewMessage> messages,
                                 const UidSet& refused) override;
  StoreResult<MissingUids> missing_uids(MailboxId mailbox) override;
  StoreResult<void> change_missing(MailboxId mailbox, const MissingUids& more,
                                   const UidSet& gone) override;
  StoreResult<void> finish_origins(std::span<const MailboxId> mailboxes) override;
  StoreResult<std::vector<std::pair<Uid, Uid>>> moved_uids(MailboxId mailbox) override;
  StoreResult<std::vector<std::pair<Uid, std::string>>> pop3_ids(MailboxId mailbox) override;
  StoreResult<std::size_t> set_pop3_ids(MailboxId mailbox,
                                        std::span<const std::pair<Uid, std::string>> ids) override;

  StoreResult<std::vector<RemovedMailbox>> removed_mailboxes() override;
  StoreResult<std::vector<RemovedMessage>> removed_messages(MailboxId mailbox,
                                                            std::size_t most) override;
  StoreResult<RestoreResult> restore_removed(MailboxId mailbox, const RestoreQuery& which) override;

  StoreResult<Quota> quota() override;
  StoreResult<void> set_quota(const QuotaLimits& limits) override;
  StoreResult<Annotations> annotations(MailboxId mailbox, const AnnotationQuery& query) override;
  StoreResult<void> annotate(MailboxId mailbox, std::span<const AnnotationChange> changes) override;
  StoreResult<std::vector<AccessEntry>> access(MailboxId mailbox) override;
  StoreResult<void> set_access(MailboxId mailbox, std::string_view identifier,
                               std::string_view rights) override;
  std::shared_ptr<Account> for_reader(std::string_view reader) override;

  StoreResult<std::string> url_key(MailboxId mailbox, UrlKey what) override;
  StoreResult<void> remove_url_keys() override;

  StoreResult<CheckReport> check() override;

  // --- as a reader, who is the owner where the name is empty ---
  StoreResult<Changes> changes_as(std::string_view reader, MailboxId mailbox, Modseq since);
  StoreResult<UidSet> search_as(std::string_view reader, MailboxId mailbox,
                                const SearchQuery& query, std::stop_token stop,
                                const FailureSink& failed);
  std::vector<StoreResult<FlagChangeResult>> change_flags_as(std::string_view reader,
                                                             MailboxId mailbox,
                                                             std::span<const FlagChange> changes);
  // Octets that all of them take. They can be written then.
  StoreResult<std::uint64_t> finish_uploads(std::vector<NewMessage>& messages) const;
  // These keep the reader's \Seen apart from the owner's.
  StoreResult<AppendResult> append_as(std::string_view reader, std::string_view mailbox,
                                      std::vector<NewMessage> messages);
  StoreResult<AppendResult> replace_as(std::string_view reader, MailboxId mailbox, Uid uid,
                                       std::string_view destination, NewMessage message);
  StoreResult<CopyResult> transfer_as(std::string_view reader, MailboxId from, const UidSet& uids,
                                      std::string_view to, bool remove_source);
  StoreResult<std::string> url_key_of(std::string_view reader, MailboxId mailbox, UrlKey what);
  StoreResult<void> remove_url_keys_of(std::string_view reader);
  StoreResult<Annotations> annotations_of(std::string_view reader, MailboxId mailbox,
                                          const AnnotationQuery& query);
  StoreResult<void> annotate_as(std::string_view reader, MailboxId mailbox,
                                std::span<const AnnotationChange> changes);

  // --- for the store ---
  // Opens the file if it is not open: account_damaged where it cannot be read.
  StoreResult<void> require_open();
  // Every function refuses with no_such_account from now on; who watches is called.
  void remove();
  // The account's part of Store::maintain.
  void maintain();
  // Works on the text index until there is nothing to do, which is false, or `until`.
  bool index_texts(std::chrono::steady_clock::time_point until);
  // Whether it stopped for the time only.
  bool is_indexing() const { return indexing_; }
  bool is_removed() const { return removed_; }
  // Whether the directory says that the account is suspended; who watches is called.
  void set_suspended(bool suspended);
  // Writes what is only in memory and closes the file, if nobody uses it now.
  void close();
  // Closes the file, if nobody uses it now, without ever waiting for a write. Returns whether it is
  // closed; maintain() writes what is only in memory.
  bool evict();
  bool is_open() const { return file_.is_open(); }
  // Whether maintain() has something to do later, even if nobody uses the account.
  bool has_work() const;
  std::chrono::steady_clock::time_point last_used() const { return file_.last_used(); }

  // --- for cursors ---
  // The conversation of a message whose keys the caller's transaction does not have yet.
  ThreadId thread_of(MessageId message);
  // A structure was computed again; maintain() writes it.
  const Parsing& parsing() const { return settings_->options.parsing; }
  void keep_structure(MessageId message, StructureRecord record);
  // The same for a preview that was made.
  void keep_preview(MessageId message, std::string text);

 private:
  friend class ReaderAccount;

  // `body` with the refusals that any function may have.
  template <class Body>
  std::invoke_result_t<Body> guarded(Body&& body) {
    if (removed_) return std::unexpected(StoreError::no_such_account);
    try {
      return body();
    } catch (const sqlite::Error& error) {
      if (error.is_damage()) return std::unexpected(StoreError::account_damaged);
      throw;
    }
  }

  // Runs `body` in one read transaction.
  template <class Body>
  std::invoke_result_t<Body, sqlite::Database&> read(
      Body&& body, AccountFile::Purpose purpose = AccountFile::Purpose::read) {
    return guarded([&] {
      AccountFile::Lease reader = file_.reader(purpose);
      sqlite::Transaction transaction(*reader, sqlite::Transaction::Kind::read);
      return body(*reader);
    });
  }

  // Runs `body` in the queue; a refusal undoes what it did.
  template <class Body>
  std::invoke_result_t<Body, WriteContext&> write(sqlite::Durability durability,
                                                  std::uint64_t bytes, Body&& body) {
    using Result = std::invoke_result_t<Body, WriteContext&>;
    struct Job final : WriteJob {
      Job(sqlite::Durability how, std::uint64_t size, Body& what)
          : WriteJob(how, size), work(what) {}
      bool run(WriteContext& context) override {
        result.emplace(work(context));
        return result->has_value();
      }
      Body& work;
      std::optional<Result> result;
    };
    return guarded([&]() -> Result {
      Job job(durability, bytes, body);
      queue_.submit(job);
      return *std::move(job.result);
    });
  }

  void before_commit(sqlite::Database& database) override;
  void committed(sqlite::Durability durability, std::span<const TouchedMailbox> touched,
                 std::span<const MailboxEvent> events) override;
  void after_group(sqlite::Database& database) override;

  SharedKeywords keywords_of(sqlite::Database& database, const MailboxRow& row);
  MailboxInfo describe_mailbox(sqlite::Database& database, const MailboxRow& row);
  SharedUidMap uids_of(sqlite::Database& database, const MailboxRow& row);
  StoreResult<UidSet> remove_messages(MailboxId mailbox, const UidSet& uids, bool only_deleted);

  struct RestoredBatch {
    std::uint64_t messages = 0;
    std::uint64_t size_bytes = 0;
    std::uint32_t last_uid = 0;
    bool more = false;
  };
  StoreResult<std::string> restore_target(MailboxId mailbox, std::string_view to);
  StoreResult<RestoredBatch> restore_batch(WriteContext& context, MailboxId mailbox,
                                           const RestoreQuery& which, std::string_view to,
                                           std::uint32_t above);
  void release_rows(sqlite::Database& database, MailboxId mailbox,
                    const std::vector<StoredRow>& rows);
  std::vector<std::pair<MailboxId, std::chrono::seconds>> ages();
  bool expire(MailboxId mailbox, std::int64_t until);
  void retain();

  void share_created(WriteContext& context);
  StoreResult<SortTable> compared_keys(MailboxId mailbox, const UidSet& uids,
                                       Comparator comparator);
  StoreResult<void> complete_keys();
  StoreResult<bool> add_missing_keys();

  static constexpr std::chrono::steady_clock::rep kNoPurge =
      std::chrono::steady_clock::duration::max().count();

  void expect_purge();
  void sync_flags();
  void write_recent();
  void write_structures();
  void write_previews();
  void notice_foreign_commits();
  void purge();

  const AccountId id_;
  const std::string name_;
  const std::shared_ptr<const AccountSettings> settings_;
  AccountFile file_;
  TextIndex index_;
  WriteQueue queue_;
  const std::shared_ptr<MailboxStates> states_;
  const std::shared_ptr<WatchList<>> closing_;
  std::atomic<bool> removed_{false};
  std::atomic<bool> suspended_{false};
  std::atomic<bool> keys_complete_{false};  // every message has its row in message_key
  std::atomic<bool> unsynced_{false};       // flag changes that a power loss would take

  std::atomic<bool> texts_due_{true};  // there may be messages that are not in the text index
  std::atomic<bool> indexing_{false};
  std::mutex indexer_mutex_;
  std::unique_ptr<TextIndexer> indexer_;

  std::mutex stamp_mutex_;
  AccountFile::Stamp stamp_;  // of the file when maintain() last knew all its commits
  bool settled_ = false;      // since the last use, idle memory was given back; maintain()'s own

  // When content is to be purged; the past at first, as an earlier process may have left some.
  std::atomic<std::chrono::steady_clock::rep> purge_due_{0};

  // When old and removed messages are looked for; maintain()'s own.
  std::chrono::steady_clock::time_point retention_due_{};

  // Of the leader of a group.
  std::vector<std::pair<MailboxId, Uid>> recent_in_group_;

  std::mutex structures_mutex_;
  std::map<MessageId, StructureRecord> structures_;  // computed again, to be written
  std::map<MessageId, std::string> previews_;        // the same
};

}  // namespace mailkeep::store
