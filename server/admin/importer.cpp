#include "server/admin/importer.h"

#include <optional>
#include <set>
#include <utility>

namespace mailkeep::server {
namespace {

constexpr std::size_t kQueuedBatches = 2;

}  // namespace

Importer::Importer(std::shared_ptr<store::Account> account, std::string mailbox,
                   std::uint64_t max_message_bytes)
    : account_(std::move(account)),
      mailbox_(std::move(mailbox)),
      max_message_bytes_(max_message_bytes),
      committer_([this] { commit_batches(); }) {}

Importer::~Importer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    queue_.clear();
  }
  changed_.notify_all();
  committer_.join();
}

void Importer::run(MailSource& source, const Complain& complain,
                   const std::function<void()>& step) {
  begin_folders(source, complain);
  for (bool more = true; more;) {
    try {
      more = import_one(source, complain);
    } catch (const MailReadError& error) {
      ++failed_;
      complain(error.what());
    }
    collect(complain);
    step();
  }
  for (auto& [folder, mailbox] : mailboxes_) end_uids(mailbox);
  finish(complain);  // the next source may make the mailbox its own
}

void Importer::begin_folders(const MailSource& source, const Complain& complain) {
  for (const ImportedFolder& folder : source.folders()) {
    try {
      begin_folder(folder, complain);
    } catch (const MailReadError& error) {
      ++failed_;
      complain(error.what());
    }
  }
}

void Importer::begin_folder(const ImportedFolder& folder, const Complain& complain) {
  Mailbox& mailbox = ready_mailbox(folder.folder);
  mailbox.has_uids = false;
  if (folder.uid_validity == 0) return;
  const auto adopted = account_->adopt_mailbox(mailbox.name, folder.origin, folder.uid_validity);
  if (!adopted) {
    throw MailReadError(mailbox.name + ": " + std::string(store::describe(adopted.error())));
  }
  mailbox.has_uids = true;
  mailbox.uid_next = folder.uid_next;
  if (!adopted->keeps_uids) {
    complain(mailbox.name + ": has had other mail, so that messages get new UIDs in it");
  }
}

// False at the end.
bool Importer::import_one(MailSource& source, const Complain& complain) {
  store::MessageUpload upload = account_->begin_upload();
  auto message = source.next([&](std::string_view octets) { upload.write(octets); });
  if (!message) return false;
  const std::uint64_t size = upload.size();
  if (size == 0) throw MailReadError(source.where() + ": is empty");
  if (size > max_message_bytes_) {
    throw MailReadError(source.where() + ": has " + std::to_string(size) +
                        " octets, more than a message may have");
  }
  Mailbox& mailbox = ready_mailbox(message->folder);
  const store::Uid uid = mailbox.has_uids ? message->uid : store::Uid{};
  if (batch_.mailbox != mailbox.name) submit();
  if (uid == store::Uid{}) end_uids(mailbox);
  batch_.mailbox = mailbox.name;
  batch_.bytes += size;
  limit_keywords(mailbox, message->flags, complain);
  // POP3 shows INBOX and nothing else.
  if (mailbox.name != "INBOX") message->pop3_id.clear();
  batch_.messages.push_back({std::move(upload), std::move(message->flags), message->date, uid,
                             std::move(message->pop3_id)});
  ++messages_;
  bytes_ += size;
  if (batch_.bytes >= kBatchBytes || batch_.messages.size() >= kBatchMessages) submit();
  return true;
}

std::string Importer::mailbox_of(const std::string& folder) const {
  if (folder.empty()) return mailbox_;
  return mailbox_ == "INBOX" ? folder : mailbox_ + '/' + folder;
}

// The folder's mailbox, made and subscribed if there is none.
Importer::Mailbox& Importer::ready_mailbox(const std::string& folder) {
  const auto known = mailboxes_.find(folder);
  if (known != mailboxes_.end()) return known->second;
  const std::string name = mailbox_of(folder);
  auto mailbox = account_->mailbox(name);
  if (!mailbox && mailbox.error() == store::StoreError::no_such_mailbox) {
    mailbox = account_->create_mailbox(name);
    const auto subscribed = account_->subscribe(name, true);
    if (mailbox && !subscribed) mailbox = std::unexpected(subscribed.error());
  }
  if (!mailbox) {
    throw MailReadError(name + ": " + std::string(store::describe(mailbox.error())));
  }
  Mailbox made{.name = name, .id = mailbox->id};
  made.keywords = KeywordLimit(*mailbox->keywords);
  return mailboxes_.emplace(folder, std::move(made)).first->second;
}

void Importer::limit_keywords(Mailbox& mailbox, store::FlagSet& flags, const Complain& complain) {
  const std::string left_out = mailbox.keywords.apply(flags);
  if (left_out.empty()) return;
  complain(mailbox.name + ": a keyword is left out, which is none or one too many: " + left_out);
}

// All messages with UIDs are in the queue: others come after the UIDs that were given there.
void Importer::end_uids(Mailbox& mailbox) {
  if (mailbox.uid_next == store::Uid{}) return;
  if (batch_.mailbox != mailbox.name) submit();
  batch_.mailbox = mailbox.name;
  batch_.id = mailbox.id;
  batch_.uid_next = std::exchange(mailbox.uid_next, store::Uid{});
  submit();
}

void Importer::subscribe(const MailSource& source, const Complain& complain) {
  const auto names = source.subscriptions();
  if (!names) return;
  std::set<std::string> wanted;
  for (const std::string& name : *names) {
    wanted.insert(name == "INBOX" ? mailbox_ : mailbox_of(name));
  }
  for (const std::string& name : wanted) {
    const auto subscribed = account_->subscribe(name, true);
    if (!subscribed) complain(name + ": " + std::string(store::describe(subscribed.error())));
  }
  for (const ImportedFolder& folder : source.folders()) {
    const std::string name = mailbox_of(folder.folder);
    if (name == "INBOX" || wanted.contains(name)) continue;
    const auto subscribed = account_->subscribe(name, false);
    if (!subscribed) complain(name + ": " + std::string(store::describe(subscribed.error())));
  }
}

void Importer::submit() {
  if (batch_.messages.empty() && batch_.uid_next == store::Uid{}) return;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.size() < kQueuedBatches || error_; });
  if (error_) std::rethrow_exception(error_);
  queue_.push_back(std::exchange(batch_, {}));
  lock.unlock();
  changed_.notify_all();
}

void Importer::finish(const Complain& complain) {
  submit();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return (queue_.empty() && !committing_) || error_; });
    if (error_) std::rethrow_exception(error_);
  }
  collect(complain);
}

void Importer::collect(const Complain& complain) {
  std::vector<Refusal> refusals;
  {
    const std::lock_guard lock(mutex_);
    refusals.swap(refusals_);
  }
  for (const Refusal& refusal : refusals) {
    messages_ -= refusal.messages;
    bytes_ -= refusal.bytes;
    failed_ += refusal.messages;
    complain(refusal.text);
  }
}

void Importer::commit_batches() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !queue_.empty() || stop_; });
    if (stop_) return;
    Batch batch = std::move(queue_.front());
    queue_.pop_front();
    committing_ = true;
    lock.unlock();
    changed_.notify_all();
    std::exception_ptr error;
    try {
      commit(std::move(batch));
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    committing_ = false;
    if (error) error_ = error;
    changed_.notify_all();
    if (error_) return;
  }
}

void Importer::commit(Batch batch) {
  const std::uint64_t count = batch.messages.size();
  std::optional<store::StoreError> error;
  // Later UIDs would end the wait for those that were refused.
  const auto before = refused_.find(batch.mailbox);
  if (before != refused_.end()) error = before->second;
  std::uint64_t added = 0;
  std::uint64_t defective = 0;
  if (!error && count > 0) {
    const auto result = account_->append(batch.mailbox, std::move(batch.messages));
    if (result) {
      added = result->uids.size();
      defective = result->defective.size();
    } else {
      error = result.error();
    }
  }
  // After a refusal the UIDs up to here can still come.
  if (!error && batch.uid_next != store::Uid{}) {
    const auto advanced = account_->advance_origin(batch.id, batch.uid_next, store::Modseq{});
    if (!advanced) error = advanced.error();
  }
  if (error) refused_.emplace(batch.mailbox, *error);
  const std::lock_guard lock(mutex_);
  if (!error) {
    defective_ += defective;
    known_ += count - added;
    return;
  }
  if (count == 0) return;
  refusals_.push_back({batch.mailbox + ": " + std::to_string(count) +
                           " messages refused: " + std::string(store::describe(*error)),
                       count, batch.bytes});
}

}  // namespace mailkeep::server
