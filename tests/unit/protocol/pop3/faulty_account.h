// An account that works until it is told to fail.
#pragma once

#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

#include "store/account.h"

namespace mailkeep::pop3 {

class FaultyAccount : public store::Account {
 public:
  explicit FaultyAccount(std::shared_ptr<store::Account> account) : real_(std::move(account)) {}

  bool fail_messages = false;             // opening a cursor
  std::set<std::uint32_t> fail_reads_of;  // UIDs
  std::uint64_t fail_reads_from_offset = ~std::uint64_t{0};
  bool fail_expunge = false;
  std::set<std::uint32_t> fail_structures_of;    // UIDs: asking for it throws
  std::set<std::uint32_t> damage_structures_of;  // it is not one
  std::set<std::uint32_t> fail_headers_of;

  store::AccountId id() const override { return real_->id(); }
  const std::string& name() const override { return real_->name(); }
  store::StoreResult<std::vector<store::MailboxInfo>> mailboxes() override {
    return real_->mailboxes();
  }
  store::StoreResult<store::MailboxInfo> mailbox(std::string_view name) override {
    return real_->mailbox(name);
  }
  store::StoreResult<store::MailboxInfo> mailbox(store::MailboxId mailbox) override {
    return real_->mailbox(mailbox);
  }
  store::StoreResult<store::MailboxInfo> create_mailbox(std::string_view name,
                                                        store::SpecialUse use) override {
    return real_->create_mailbox(name, use);
  }
  store::StoreResult<void> delete_mailbox(std::string_view name) override {
    return real_->delete_mailbox(name);
  }
  store::StoreResult<void> rename_mailbox(std::string_view from, std::string_view to) override {
    return real_->rename_mailbox(from, to);
  }
  store::StoreResult<void> subscribe(std::string_view name, bool subscribed) override {
    return real_->subscribe(name, subscribed);
  }
  store::StoreResult<std::vector<std::string>> subscriptions() override {
    return real_->subscriptions();
  }
  store::StoreResult<store::MailboxSnapshot> snapshot(store::MailboxId mailbox) override {
    return real_->snapshot(mailbox);
  }
  store::StoreResult<store::Uid> first_unseen(store::MailboxId mailbox) override {
    return real_->first_unseen(mailbox);
  }
  store::StoreResult<store::Changes> changes_since(store::MailboxId mailbox,
                                                   store::Modseq since) override {
    return real_->changes_since(mailbox, since);
  }
  store::Modseq latest_modseq(store::MailboxId mailbox) const override {
    return real_->latest_modseq(mailbox);
  }
  store::Watch watch(store::MailboxId mailbox, std::function<void()> changed) override {
    return real_->watch(mailbox, std::move(changed));
  }
  store::StoreResult<store::Uid> claim_recent(store::MailboxId mailbox, store::Uid next) override {
    return real_->claim_recent(mailbox, next);
  }
  store::StoreResult<std::unique_ptr<store::MessageCursor>> messages(
      store::MailboxId mailbox, const store::UidSet& uids, store::Detail detail) override {
    if (fail_messages) throw std::runtime_error("disk I/O error");
    auto cursor = real_->messages(mailbox, uids, detail);
    if (!cursor) return cursor;
    return std::make_unique<Cursor>(*this, std::move(*cursor));
  }
  store::StoreResult<store::UidSet> search(store::MailboxId mailbox,
                                           const store::SearchQuery& query, std::stop_token stop,
                                           const store::FailureSink& failed) override {
    return real_->search(mailbox, query, stop, failed);
  }
  store::MessageUpload begin_upload() override { return real_->begin_upload(); }
  store::StoreResult<store::AppendResult> append(std::string_view mailbox,
                                                 std::vector<store::NewMessage> messages) override {
    return real_->append(mailbox, std::move(messages));
  }
  std::vector<store::StoreResult<store::FlagChangeResult>> change_flags(
      store::MailboxId mailbox, std::span<const store::FlagChange> changes) override {
    return real_->change_flags(mailbox, changes);
  }
  store::StoreResult<store::CopyResult> copy(store::MailboxId from, const store::UidSet& uids,
                                             std::string_view to) override {
    return real_->copy(from, uids, to);
  }
  store::StoreResult<store::CopyResult> move(store::MailboxId from, const store::UidSet& uids,
                                             std::string_view to) override {
    return real_->move(from, uids, to);
  }
  store::StoreResult<store::UidSet> expunge_deleted(store::MailboxId mailbox,
                                                    const store::UidSet& uids) override {
    return real_->expunge_deleted(mailbox, uids);
  }
  store::StoreResult<store::UidSet> expunge(store::MailboxId mailbox,
                                            const store::UidSet& uids) override {
    if (fail_expunge) throw std::runtime_error("disk full");
    return real_->expunge(mailbox, uids);
  }
  store::StoreResult<void> set_special_use(std::string_view name, store::SpecialUse use) override {
    return real_->set_special_use(name, use);
  }
  store::StoreResult<store::UidSet> expunged_since(store::MailboxId mailbox, store::Modseq since,
                                                   const store::UidSet& among) override {
    return real_->expunged_since(mailbox, since, among);
  }
  store::StoreResult<std::vector<std::pair<store::MailboxId, store::Modseq>>> latest_modseqs()
      override {
    return real_->latest_modseqs();
  }
  store::Watch watch_account(std::function<void(const store::MailboxEvent&)> happened) override {
    return real_->watch_account(std::move(happened));
  }
  std::optional<store::StoreError> closed() const override { return real_->closed(); }
  store::Watch watch_closing(std::function<void()> closed) override {
    return real_->watch_closing(std::move(closed));
  }
  store::StoreResult<store::SortTable> sort_keys(store::MailboxId mailbox,
                                                 const store::UidSet& uids,
                                                 store::SortDetail detail,
                                                 store::Comparator comparator) override {
    return real_->sort_keys(mailbox, uids, detail, comparator);
  }
  store::StoreResult<store::AppendResult> replace(store::MailboxId mailbox, store::Uid uid,
                                                  std::string_view destination,
                                                  store::NewMessage message) override {
    return real_->replace(mailbox, uid, destination, std::move(message));
  }
  store::StoreResult<store::AdoptedMailbox> adopt_mailbox(std::string_view name,
                                                          std::string_view source,
                                                          std::uint32_t uid_validity) override {
    return real_->adopt_mailbox(name, source, uid_validity);
  }
  store::StoreResult<store::MailboxOrigin> origin(store::MailboxId mailbox) override {
    return real_->origin(mailbox);
  }
  store::StoreResult<void> advance_origin(store::MailboxId mailbox, store::Uid uid_next,
                                          store::Modseq modseq) override {
    return real_->advance_origin(mailbox, uid_next, modseq);
  }
  store::StoreResult<store::AppendResult> take(std::string_view mailbox,
                                               std::vector<store::NewMessage> messages,
                                               const store::UidSet& refused) override {
    return real_->take(mailbox, std::move(messages), refused);
  }
  store::StoreResult<store::MissingUids> missing_uids(store::MailboxId mailbox) override {
    return real_->missing_uids(mailbox);
  }
  store::StoreResult<void> change_missing(store::MailboxId mailbox, const store::MissingUids& more,
                                          const store::UidSet& gone) override {
    return real_->change_missing(mailbox, more, gone);
  }
  store::StoreResult<void> finish_origins(std::span<const store::MailboxId> mailboxes) override {
    return real_->finish_origins(mailboxes);
  }
  store::StoreResult<std::vector<std::pair<store::Uid, store::Uid>>> moved_uids(
      store::MailboxId mailbox) override {
    return real_->moved_uids(mailbox);
  }
  store::StoreResult<std::vector<std::pair<store::Uid, std::string>>> pop3_ids(
      store::MailboxId mailbox) override {
    return real_->pop3_ids(mailbox);
  }
  store::StoreResult<std::size_t> set_pop3_ids(
      store::MailboxId mailbox, std::span<const std::pair<store::Uid, std::string>> ids) override {
    return real_->set_pop3_ids(mailbox, ids);
  }
  store::StoreResult<std::vector<store::RemovedMailbox>> removed_mailboxes() override {
    return real_->removed_mailboxes();
  }
  store::StoreResult<std::vector<store::RemovedMessage>> removed_messages(
      store::MailboxId mailbox, std::size_t most) override {
    return real_->removed_messages(mailbox, most);
  }
  store::StoreResult<store::RestoreResult> restore_removed(
      store::MailboxId mailbox, const store::RestoreQuery& which) override {
    return real_->restore_removed(mailbox, which);
  }
  store::StoreResult<store::Quota> quota() override { return real_->quota(); }
  store::StoreResult<void> set_quota(const store::QuotaLimits& limits) override {
    return real_->set_quota(limits);
  }
  store::StoreResult<store::Annotations> annotations(store::MailboxId mailbox,
                                                     const store::AnnotationQuery& query) override {
    return real_->annotations(mailbox, query);
  }
  store::StoreResult<void> annotate(store::MailboxId mailbox,
                                    std::span<const store::AnnotationChange> changes) override {
    return real_->annotate(mailbox, changes);
  }
  store::StoreResult<std::vector<store::AccessEntry>> access(store::MailboxId mailbox) override {
    return real_->access(mailbox);
  }
  store::StoreResult<void> set_access(store::MailboxId mailbox, std::string_view identifier,
                                      std::string_view rights) override {
    return real_->set_access(mailbox, identifier, rights);
  }
  std::shared_ptr<store::Account> for_reader(std::string_view reader) override {
    return real_->for_reader(reader);
  }
  store::StoreResult<std::string> url_key(store::MailboxId mailbox, store::UrlKey what) override {
    return real_->url_key(mailbox, what);
  }
  store::StoreResult<void> remove_url_keys() override { return real_->remove_url_keys(); }
  store::StoreResult<store::CheckReport> check() override { return real_->check(); }

 private:
  class Cursor : public store::MessageCursor {
   public:
    Cursor(const FaultyAccount& faults, std::unique_ptr<store::MessageCursor> real)
        : faults_(faults), real_(std::move(real)) {}
    bool next() override { return real_->next(); }
    const store::MessageRow& row() const override { return real_->row(); }
    std::string_view structure() override {
      if (faults_.fail_structures_of.contains(row().uid.value)) {
        throw std::runtime_error("no structure");
      }
      if (faults_.damage_structures_of.contains(row().uid.value)) return "damaged";
      return real_->structure();
    }
    std::string_view header() override {
      if (faults_.fail_headers_of.contains(row().uid.value)) throw std::runtime_error("no header");
      return real_->header();
    }
    store::ThreadId thread() override { return real_->thread(); }
    std::string preview() override { return real_->preview(); }
    void read(std::uint64_t offset, std::uint64_t length, std::string& out) override {
      const bool fails = faults_.fail_reads_of.contains(row().uid.value) ||
                         offset >= faults_.fail_reads_from_offset;
      if (fails) {
        out += "half";
        throw std::runtime_error("content is damaged");
      }
      real_->read(offset, length, out);
    }

   private:
    const FaultyAccount& faults_;
    std::unique_ptr<store::MessageCursor> real_;
  };

  std::shared_ptr<store::Account> real_;
};

}  // namespace mailkeep::pop3
