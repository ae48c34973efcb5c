#include "server/admin/importer.h"

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

void Importer::run(MailSource& source, const std::function<void(std::string_view)>& complain,
                   const std::function<void()>& step) {
  for (bool more = true; more;) {
    try {
      more = import_one(source);
    } catch (const MailReadError& error) {
      ++failed_;
      complain(error.what());
    }
    collect(complain);
    step();
  }
}

// False at the end.
bool Importer::import_one(MailSource& source) {
  store::MessageUpload upload = account_->begin_upload();
  auto message = source.next([&](std::string_view octets) { upload.write(octets); });
  if (!message) return false;
  const std::uint64_t size = upload.size();
  if (size == 0) throw MailReadError(source.where() + ": is empty");
  if (size > max_message_bytes_) {
    throw MailReadError(source.where() + ": has " + std::to_string(size) +
                        " octets, more than a message may have");
  }
  const std::string& mailbox = ready_mailbox(message->folder);
  if (batch_.mailbox != mailbox) submit();
  batch_.mailbox = mailbox;
  batch_.bytes += size;
  batch_.messages.push_back({std::move(upload), std::move(message->flags), message->date});
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
const std::string& Importer::ready_mailbox(const std::string& folder) {
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
  return mailboxes_.emplace(folder, name).first->second;
}

void Importer::submit() {
  if (batch_.messages.empty()) return;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.size() < kQueuedBatches || error_; });
  if (error_) std::rethrow_exception(error_);
  queue_.push_back(std::exchange(batch_, {}));
  lock.unlock();
  changed_.notify_all();
}

void Importer::finish(const std::function<void(std::string_view)>& complain) {
  submit();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return (queue_.empty() && !committing_) || error_; });
    if (error_) std::rethrow_exception(error_);
  }
  collect(complain);
}

void Importer::collect(const std::function<void(std::string_view)>& complain) {
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
  const auto result = account_->append(batch.mailbox, std::move(batch.messages));
  const std::lock_guard lock(mutex_);
  if (result) {
    defective_ += result->defective.size();
    return;
  }
  refusals_.push_back({batch.mailbox + ": " + std::to_string(count) +
                           " messages refused: " + std::string(store::describe(result.error())),
                       count, batch.bytes});
}

}  // namespace mailkeep::server
