// Puts messages into an account, many in one store call. Reading, parsing and compressing happen on
// the caller's thread while another one commits, so that neither waits for the other.
//
// Used by one thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/admin/mail_source.h"
#include "server/migration/keyword_limit.h"
#include "store/account.h"

namespace mailkeep::server {

class Importer {
 public:
  // A commit is made of at most so many messages or about so many octets.
  static constexpr std::size_t kBatchMessages = 500;
  static constexpr std::uint64_t kBatchBytes = 8ULL << 20;

  // `mailbox` is where messages without a folder go. Folders are below it, or, where it is INBOX,
  // beside it. `max_message_bytes`: longer ones are refused.
  Importer(std::shared_ptr<store::Account> account, std::string mailbox,
           std::uint64_t max_message_bytes);
  // Drops what was not committed.
  ~Importer();
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  // Imports all of a source: makes its folders, and keeps UIDs and UIDVALIDITY in those that no
  // message was in before. What was imported from the same place before is left out. Each complaint
  // is a sentence with the message's or the mailbox's name; `step` is called after each message.
  // All is committed then. A mailbox that was refused a commit gets no more.
  void run(MailSource& source, const std::function<void(std::string_view)>& complain,
           const std::function<void()>& step);
  // Subscribes what a source says, and nothing else of its folders.
  void subscribe(const MailSource& source, const std::function<void(std::string_view)>& complain);
  // Waits until everything is committed. Throws what the store threw, as run() does.
  void finish(const std::function<void(std::string_view)>& complain);

  // Messages that were committed, or are about to be.
  std::uint64_t messages() const { return messages_; }
  // Those that an earlier import brought; after finish().
  std::uint64_t known() const { return known_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t failed() const { return failed_; }
  // Of those that are committed, how many have defects. After finish().
  std::uint64_t defective() const { return defective_; }

 private:
  struct Mailbox {
    std::string name;
    store::MailboxId id{};
    bool has_uids = false;  // its origin is known
    store::Uid uid_next{};  // of its origin; zero: nothing more to tell the store
    KeywordLimit keywords{};
  };
  struct Batch {
    std::string mailbox;
    std::vector<store::NewMessage> messages;
    std::uint64_t bytes = 0;
    // After the messages: the origin's UIDs go up to here.
    store::MailboxId id{};
    store::Uid uid_next{};
  };
  struct Refusal {
    std::string text;
    std::uint64_t messages;
    std::uint64_t bytes;
  };

  using Complain = std::function<void(std::string_view)>;

  void begin_folders(const MailSource& source, const Complain& complain);
  void begin_folder(const ImportedFolder& folder, const Complain& complain);
  bool import_one(MailSource& source, const Complain& complain);
  std::string mailbox_of(const std::string& folder) const;
  Mailbox& ready_mailbox(const std::string& folder);
  void limit_keywords(Mailbox& mailbox, store::FlagSet& flags, const Complain& complain);
  void end_uids(Mailbox& mailbox);
  void submit();
  void collect(const std::function<void(std::string_view)>& complain);
  void commit_batches();
  void commit(Batch batch);

  const std::shared_ptr<store::Account> account_;
  const std::string mailbox_;
  const std::uint64_t max_message_bytes_;
  std::map<std::string, Mailbox> mailboxes_;  // that exist, by folder
  Batch batch_;
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t failed_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> queue_;        // at most kQueuedBatches
  std::vector<Refusal> refusals_;  // that nobody was told of
  std::exception_ptr error_;
  std::uint64_t defective_ = 0;
  std::uint64_t known_ = 0;
  bool committing_ = false;
  bool stop_ = false;
  std::map<std::string, store::StoreError> refused_;  // by mailbox; of the committer alone
  std::thread committer_;
};

}  // namespace mailkeep::server
