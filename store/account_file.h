// The connections to one account's database: one that writes and a few that read, opened when they
// are needed. Thread-safe; what a lease gives is its holder's alone.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/sqlite/database.h"

namespace mailkeep::store {

class AccountFile {
 public:
  // `on_open` is called, without a lock held, before the first connection is opened.
  AccountFile(const std::filesystem::path& path, std::size_t readers,
              std::function<void()> on_open);
  ~AccountFile();
  AccountFile(const AccountFile&) = delete;
  AccountFile& operator=(const AccountFile&) = delete;

  enum class Purpose : std::uint8_t {
    read,
    write,
    care,  // a read that does not keep the file from being idle
  };

  // A connection until the lease ends.
  class Lease {
   public:
    Lease(AccountFile& file, std::unique_ptr<sqlite::Database> database, Purpose purpose)
        : file_(&file), database_(std::move(database)), purpose_(purpose) {}
    ~Lease();
    Lease(Lease&& other) noexcept
        : file_(std::exchange(other.file_, nullptr)),
          database_(std::move(other.database_)),
          purpose_(other.purpose_) {}
    Lease& operator=(Lease&&) = delete;

    sqlite::Database& operator*() const { return *database_; }
    // The connection is closed instead of kept: its state cannot be trusted.
    void discard() { database_.reset(); }

   private:
    AccountFile* file_;
    std::unique_ptr<sqlite::Database> database_;
    Purpose purpose_;
  };

  // Never waits for a writer or another reader: where all are out, one more is opened, and closed
  // after its use.
  Lease reader(Purpose purpose = Purpose::read);
  // One at a time: the caller sees to that.
  Lease writer();

  // Whether any connection is open.
  bool is_open() const { return open_.load(std::memory_order_relaxed) > 0; }
  std::chrono::steady_clock::time_point last_used() const {
    return std::chrono::steady_clock::time_point(
        std::chrono::steady_clock::duration(last_used_.load(std::memory_order_relaxed)));
  }

  // Closes all connections, if none is out now. Returns whether none is open.
  bool close();
  // Gives the page cache of connections back that are not out now.
  void release_memory();

  // Whether the path still is the file that is open; true where none is open.
  bool is_current() const;

  // Makes commits survive power loss that were made with Durability::process.
  void sync_log();
  // The size of the write-ahead log and the last change of it or the database file: where both are
  // as before, no process has committed anything.
  struct Stamp {
    std::int64_t log_bytes = -1;
    std::int64_t changed_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  Stamp stamp() const;

 private:
  std::string log_path() const { return path_ + "-wal"; }
  std::unique_ptr<sqlite::Database> open_connection(std::uint32_t cache_kibibytes);
  Lease open_lease(Purpose purpose, std::uint32_t cache_kibibytes);
  void give_back(std::unique_ptr<sqlite::Database> database, Purpose purpose);
  void touch(Purpose purpose);

  const std::string path_;  // a std::filesystem::path takes ten times the memory
  const std::size_t kept_readers_;
  const std::function<void()> on_open_;

  std::mutex mutex_;
  std::unique_ptr<sqlite::Database> writer_;
  std::vector<std::unique_ptr<sqlite::Database>> readers_;
  std::size_t out_ = 0;
  std::atomic<std::size_t> open_{0};
  std::atomic<std::uint64_t> inode_{0};  // of the file that is open
  std::atomic<std::chrono::steady_clock::rep> last_used_{0};
};

}  // namespace mailkeep::store
