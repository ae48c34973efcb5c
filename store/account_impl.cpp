#include "store/account_impl.h"

namespace mailkeep::store {

AccountImpl::AccountImpl(AccountId id, std::string name, const std::filesystem::path& file,
                         std::shared_ptr<const AccountSettings> settings)
    : id_(id),
      name_(std::move(name)),
      settings_(std::move(settings)),
      file_(file, settings_->options.readers_per_account, [this] { settings_->on_open(id_); }),
      index_((file.parent_path() / "text.db").string()),
      queue_(file_, *this),
      states_(std::make_shared<MailboxStates>()),
      closing_(std::make_shared<WatchList<>>()) {}

AccountImpl::~AccountImpl() {
  settings_->sort_tables->forget(this);
}

StoreResult<void> AccountImpl::require_open() {
  return guarded([&]() -> StoreResult<void> {
    if (!file_.is_open()) file_.reader();
    return {};
  });
}

MessageUpload AccountImpl::begin_upload() {
  return MessageUpload(std::make_unique<MessageUpload::State>(
      settings_->spool, settings_->options.max_message_bytes, settings_->options.parsing));
}

Modseq AccountImpl::latest_modseq(MailboxId mailbox) const {
  return states_->latest(mailbox);
}

Watch AccountImpl::watch_account(std::function<void(const MailboxEvent&)> happened) {
  return states_->watch_account(std::move(happened));
}

Watch AccountImpl::watch(MailboxId mailbox, std::function<void()> changed) {
  return states_->watch(mailbox, std::move(changed));
}

std::optional<StoreError> AccountImpl::closed() const {
  if (removed_) return StoreError::no_such_account;
  if (suspended_) return StoreError::account_suspended;
  return std::nullopt;
}

Watch AccountImpl::watch_closing(std::function<void()> closed) {
  return closing_->add(std::move(closed));
}

void AccountImpl::set_suspended(bool suspended) {
  if (suspended_.exchange(suspended) != suspended) closing_->call();
}

void AccountImpl::remove() {
  removed_ = true;
  settings_->sort_tables->forget(this);
  closing_->call();
  std::vector<TouchedMailbox> gone;
  for (MailboxId mailbox : states_->watched()) gone.push_back({mailbox, Modseq{0}});
  states_->announce(gone, {});
}

SharedKeywords AccountImpl::keywords_of(sqlite::Database& database, const MailboxRow& row) {
  if (SharedKeywords known = states_->keywords(row.id, row.keywords)) return known;
  auto names = std::make_shared<const std::vector<std::string>>(load_keywords(database, row.id));
  states_->keep_keywords(row.id, names);
  return names;
}

}  // namespace mailkeep::store
