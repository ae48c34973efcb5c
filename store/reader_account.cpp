#include "store/reader_account.h"

#include "store/account_impl.h"
#include "store/reader_seen.h"

namespace mailkeep::store {

namespace {

class ReaderCursor final : public MessageCursor {
 public:
  ReaderCursor(std::unique_ptr<MessageCursor> cursor, ReaderSeen seen)
      : cursor_(std::move(cursor)), seen_(std::move(seen)) {}

  bool next() override {
    if (!cursor_->next()) return false;
    row_ = cursor_->row();
    seen_.apply(row_.uid, row_.flags, row_.modseq);
    return true;
  }
  const MessageRow& row() const override { return row_; }
  std::string_view structure() override { return cursor_->structure(); }
  std::string_view header() override { return cursor_->header(); }
  ThreadId thread() override { return cursor_->thread(); }
  std::string preview() override { return cursor_->preview(); }
  void read(std::uint64_t offset, std::uint64_t length, std::string& out) override {
    cursor_->read(offset, length, out);
  }

 private:
  std::unique_ptr<MessageCursor> cursor_;
  ReaderSeen seen_;
  MessageRow row_;
};

}  // namespace

class ReaderAccount final : public Account {
 public:
  ReaderAccount(std::shared_ptr<AccountImpl> owner, std::string_view reader)
      : owner_(std::move(owner)), reader_(reader) {}

  AccountId id() const override { return owner_->id(); }
  const std::string& name() const override { return owner_->name(); }

  StoreResult<std::vector<MailboxInfo>> mailboxes() override {
    auto list = owner_->mailboxes();
    if (!list) return list;
    for (MailboxInfo& info : *list) count_unseen(info);
    return list;
  }
  StoreResult<MailboxInfo> mailbox(std::string_view name) override {
    auto info = owner_->mailbox(name);
    if (info) count_unseen(*info);
    return info;
  }
  StoreResult<MailboxInfo> mailbox(MailboxId mailbox) override {
    auto info = owner_->mailbox(mailbox);
    if (info) count_unseen(*info);
    return info;
  }
  StoreResult<MailboxInfo> create_mailbox(std::string_view name, SpecialUse use) override {
    return owner_->create_mailbox(name, use);
  }
  StoreResult<void> delete_mailbox(std::string_view name) override {
    return owner_->delete_mailbox(name);
  }
  StoreResult<void> rename_mailbox(std::string_view from, std::string_view to) override {
    return owner_->rename_mailbox(from, to);
  }
  StoreResult<void> set_special_use(std::string_view name, SpecialUse use) override {
    return owner_->set_special_use(name, use);
  }
  StoreResult<void> subscribe(std::string_view name, bool subscribed) override {
    return owner_->subscribe(name, subscribed);
  }
  StoreResult<std::vector<std::string>> subscriptions() override { return owner_->subscriptions(); }

  StoreResult<MailboxSnapshot> snapshot(MailboxId mailbox) override {
    auto snapshot = owner_->snapshot(mailbox);
    if (!snapshot) return snapshot;
    auto seen = load_seen(mailbox);
    if (!seen) return std::unexpected(seen.error());
    snapshot->info.unseen = unseen_of(*snapshot->uids, seen->seen());
    return snapshot;
  }
  StoreResult<Uid> first_unseen(MailboxId mailbox) override {
    auto snapshot = owner_->snapshot(mailbox);
    if (!snapshot) return std::unexpected(snapshot.error());
    auto seen = load_seen(mailbox);
    if (!seen) return std::unexpected(seen.error());
    const UidSet unseen = snapshot->uids->all().difference(seen->seen());
    if (unseen.empty()) return std::unexpected(StoreError::message_gone);
    return Uid{unseen.ranges().front().first};
  }
  StoreResult<Changes> changes_since(MailboxId mailbox, Modseq since) override {
    return owner_->changes_as(reader_, mailbox, since);
  }
  StoreResult<UidSet> expunged_since(MailboxId mailbox, Modseq since,
                                     const UidSet& among) override {
    return owner_->expunged_since(mailbox, since, among);
  }
  Modseq latest_modseq(MailboxId mailbox) const override { return owner_->latest_modseq(mailbox); }
  StoreResult<std::vector<std::pair<MailboxId, Modseq>>> latest_modseqs() override {
    return owner_->latest_modseqs();
  }
  Watch watch(MailboxId mailbox, std::function<void()> changed) override {
    return owner_->watch(mailbox, std::move(changed));
  }
  Watch watch_account(std::function<void(const MailboxEvent&)> happened) override {
    return owner_->watch_account(std::move(happened));
  }
  std::optional<StoreError> closed() const override { return owner_->closed(); }
  Watch watch_closing(std::function<void()> closed) override {
    return owner_->watch_closing(std::move(closed));
  }
  // \Recent is the owner's alone.
  StoreResult<Uid> claim_recent(MailboxId /*mailbox*/, Uid next) override { return next; }

  StoreResult<std::unique_ptr<MessageCursor>> messages(MailboxId mailbox, const UidSet& uids,
                                                       Detail detail) override {
    auto seen = load_seen(mailbox);
    if (!seen) return std::unexpected(seen.error());
    auto cursor = owner_->messages(mailbox, uids, detail);
    if (!cursor) return cursor;
    return std::make_unique<ReaderCursor>(*std::move(cursor), *std::move(seen));
  }
  StoreResult<UidSet> search(MailboxId mailbox, const SearchQuery& query, std::stop_token stop,
                             const FailureSink& failed) override {
    return owner_->search_as(reader_, mailbox, query, std::move(stop), failed);
  }
  StoreResult<SortTable> sort_keys(MailboxId mailbox, const UidSet& uids, SortDetail detail,
                                   Comparator comparator) override {
    return owner_->sort_keys(mailbox, uids, detail, comparator);
  }

  MessageUpload begin_upload() override { return owner_->begin_upload(); }
  StoreResult<AppendResult> append(std::string_view mailbox,
                                   std::vector<NewMessage> messages) override {
    return owner_->append_as(reader_, mailbox, std::move(messages));
  }
  StoreResult<AppendResult> replace(MailboxId mailbox, Uid uid, std::string_view destination,
                                    NewMessage message) override {
    return owner_->replace_as(reader_, mailbox, uid, destination, std::move(message));
  }
  std::vector<StoreResult<FlagChangeResult>> change_flags(
      MailboxId mailbox, std::span<const FlagChange> changes) override {
    return owner_->change_flags_as(reader_, mailbox, changes);
  }
  StoreResult<CopyResult> copy(MailboxId from, const UidSet& uids, std::string_view to) override {
    return owner_->transfer_as(reader_, from, uids, to, false);
  }
  StoreResult<CopyResult> move(MailboxId from, const UidSet& uids, std::string_view to) override {
    return owner_->transfer_as(reader_, from, uids, to, true);
  }
  StoreResult<UidSet> expunge_deleted(MailboxId mailbox, const UidSet& uids) override {
    return owner_->expunge_deleted(mailbox, uids);
  }
  StoreResult<UidSet> expunge(MailboxId mailbox, const UidSet& uids) override {
    return owner_->expunge(mailbox, uids);
  }

  StoreResult<AdoptedMailbox> adopt_mailbox(std::string_view name, std::string_view source,
                                            std::uint32_t uid_validity) override {
    return owner_->adopt_mailbox(name, source, uid_validity);
  }
  StoreResult<MailboxOrigin> origin(MailboxId mailbox) override { return owner_->origin(mailbox); }
  StoreResult<void> advance_origin(MailboxId mailbox, Uid uid_next, Modseq modseq) override {
    return owner_->advance_origin(mailbox, uid_next, modseq);
  }
  StoreResult<AppendResult> take(std::string_view mailbox, std::vector<NewMessage> messages,
                                 const UidSet& refused) override {
    return owner_->take(mailbox, std::move(messages), refused);
  }
  StoreResult<MissingUids> missing_uids(MailboxId mailbox) override {
    return owner_->missing_uids(mailbox);
  }
  StoreResult<void> change_missing(MailboxId mailbox, const MissingUids& more,
                                   const UidSet& gone) override {
    return owner_->change_missing(mailbox, more, gone);
  }
  StoreResult<void> finish_origins(std::span<const MailboxId> mailboxes) override {
    return owner_->finish_origins(mailboxes);
  }
  StoreResult<std::vector<std::pair<Uid, Uid>>> moved_uids(MailboxId mailbox) override {
    return owner_->moved_uids(mailbox);
  }
  StoreResult<std::vector<std::pair<Uid, std::string>>> pop3_ids(MailboxId mailbox) override {
    return owner_->pop3_ids(mailbox);
  }
  StoreResult<std::size_t> set_pop3_ids(MailboxId mailbox,
                                        std::span<const std::pair<Uid, std::string>> ids) override {
    return owner_->set_pop3_ids(mailbox, ids);
  }

  StoreResult<std::vector<RemovedMailbox>> removed_mailboxes() override {
    return owner_->removed_mailboxes();
  }
  StoreResult<std::vector<RemovedMessage>> removed_messages(MailboxId mailbox,
                                                            std::size_t most) override {
    return owner_->removed_messages(mailbox, most);
  }
  StoreResult<RestoreResult> restore_removed(MailboxId mailbox,
                                             const RestoreQuery& which) override {
    return owner_->restore_removed(mailbox, which);
  }

  StoreResult<Quota> quota() override { return owner_->quota(); }
  StoreResult<void> set_quota(const QuotaLimits& limits) override {
    return owner_->set_quota(limits);
  }
  StoreResult<Annotations> annotations(MailboxId mailbox, const AnnotationQuery& query) override {
    return owner_->annotations_of(reader_, mailbox, query);
  }
  StoreResult<void> annotate(MailboxId mailbox,
                             std::span<const AnnotationChange> changes) override {
    return owner_->annotate_as(reader_, mailbox, changes);
  }
  StoreResult<std::vector<AccessEntry>> access(MailboxId mailbox) override {
    return owner_->access(mailbox);
  }
  StoreResult<void> set_access(MailboxId mailbox, std::string_view identifier,
                               std::string_view rights) override {
    return owner_->set_access(mailbox, identifier, rights);
  }
  std::shared_ptr<Account> for_reader(std::string_view reader) override {
    return owner_->for_reader(reader);
  }
  StoreResult<std::string> url_key(MailboxId mailbox, UrlKey what) override {
    return owner_->url_key_of(reader_, mailbox, what);
  }
  StoreResult<void> remove_url_keys() override { return owner_->remove_url_keys_of(reader_); }
  StoreResult<CheckReport> check() override { return owner_->check(); }

 private:
  StoreResult<ReaderSeen> load_seen(MailboxId mailbox) {
    return owner_->read([&](sqlite::Database& database) -> StoreResult<ReaderSeen> {
      return ReaderSeen(database, mailbox, reader_);
    });
  }

  static std::uint32_t unseen_of(const UidMap& uids, const UidSet& seen) {
    return uids.size() - static_cast<std::uint32_t>(uids.intersection(seen).size());
  }

  // Where it is refused the owner's number stays: the mailbox is just gone.
  void count_unseen(MailboxInfo& info) {
    if (!info.selectable) return;
    auto snapshot = this->snapshot(info.id);
    if (snapshot) info.unseen = snapshot->info.unseen;
  }

  const std::shared_ptr<AccountImpl> owner_;
  const std::string reader_;
};

std::shared_ptr<Account> make_reader_account(std::shared_ptr<AccountImpl> owner,
                                             std::string_view reader) {
  return std::make_shared<ReaderAccount>(std::move(owner), reader);
}

}  // namespace mailkeep::store
