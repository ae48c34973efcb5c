#include "store/account_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/schema/schema.h"

namespace mailkeep::store {

namespace {

// A reader's cache holds the upper pages of its trees; leaves come from the system's cache.
constexpr std::uint32_t kReaderCacheKibibytes = 256;
// The writer's cache holds what one transaction changes; more spills to the log, which is fine.
constexpr std::uint32_t kWriterCacheKibibytes = 1024;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

AccountFile::AccountFile(const std::filesystem::path& path, std::size_t readers,
                         std::function<void()> on_open)
    : path_(path.string()), kept_readers_(readers), on_open_(std::move(on_open)) {}

AccountFile::~AccountFile() = default;

AccountFile::Lease::~Lease() {
  if (file_ != nullptr) file_->give_back(std::move(database_), purpose_);
}

void AccountFile::touch(Purpose purpose) {
  if (purpose == Purpose::care) return;
  last_used_.store(std::chrono::steady_clock::now().time_since_epoch().count(),
                   std::memory_order_relaxed);
}

std::unique_ptr<sqlite::Database> AccountFile::open_connection(std::uint32_t cache_kibibytes) {
  if (open_.load(std::memory_order_relaxed) == 0) on_open_();
  auto database = std::make_unique<sqlite::Database>(
      path_, sqlite::Open::existing, sqlite::DatabaseOptions{.cache_kibibytes = cache_kibibytes});
  migrate(*database, account_schema(), SchemaState::present);
  struct stat status{};
  if (::stat(path_.c_str(), &status) == 0) inode_.store(status.st_ino);
  return database;
}

AccountFile::Lease AccountFile::reader(Purpose purpose) {
  touch(purpose);
  {
    std::lock_guard lock(mutex_);
    ++out_;
    if (!readers_.empty()) {
      auto database = std::move(readers_.back());
      readers_.pop_back();
      return Lease(*this, std::move(database), purpose);
    }
  }
  return open_lease(purpose, kReaderCacheKibibytes);
}

AccountFile::Lease AccountFile::writer() {
  touch(Purpose::write);
  {
    std::lock_guard lock(mutex_);
    ++out_;
    if (writer_ != nullptr) return Lease(*this, std::move(writer_), Purpose::write);
  }
  return open_lease(Purpose::write, kWriterCacheKibibytes);
}

// A new connection for somebody who counts as out already.
AccountFile::Lease AccountFile::open_lease(Purpose purpose, std::uint32_t cache_kibibytes) {
  try {
    auto database = open_connection(cache_kibibytes);
    open_.fetch_add(1, std::memory_order_relaxed);
    return Lease(*this, std::move(database), purpose);
  } catch (...) {
    std::lock_guard lock(mutex_);
    --out_;
    throw;
  }
}

void AccountFile::give_back(std::unique_ptr<sqlite::Database> database, Purpose purpose) {
  touch(purpose);
  bool kept = false;
  {
    std::lock_guard lock(mutex_);
    --out_;
    if (database != nullptr && purpose == Purpose::write) {
      writer_ = std::move(database);
      kept = true;
    } else if (database != nullptr && readers_.size() < kept_readers_) {
      readers_.push_back(std::move(database));
      kept = true;
    }
  }
  if (!kept) open_.fetch_sub(1, std::memory_order_relaxed);
}

bool AccountFile::close() {
  std::lock_guard lock(mutex_);
  if (out_ > 0) return false;
  readers_.clear();
  writer_.reset();
  open_.store(0, std::memory_order_relaxed);
  return true;
}

void AccountFile::release_memory() {
  std::lock_guard lock(mutex_);
  for (auto& reader : readers_) reader->release_memory();
  if (writer_ != nullptr) writer_->release_memory();
}

bool AccountFile::is_current() const {
  if (!is_open()) return true;
  struct stat status{};
  return ::stat(path_.c_str(), &status) == 0 && status.st_ino == inode_.load();
}

void AccountFile::sync_log() {
  // A descriptor of our own is fine here: SQLite keeps no locks on the log, so that closing this
  // one takes none away.
  int descriptor = ::open(log_path().c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return;  // copied into the database, and that synced, meanwhile
    throw std::system_error(errno, std::generic_category(), "cannot open " + log_path());
  }
  int result = ::fdatasync(descriptor);
  int error = errno;
  ::close(descriptor);
  if (result != 0) {
    throw std::system_error(error, std::generic_category(), "cannot sync " + log_path());
  }
}

AccountFile::Stamp AccountFile::stamp() const {
  Stamp stamp;
  struct stat status{};
  if (::stat(path_.c_str(), &status) == 0) stamp.changed_ns = nanoseconds(status.st_mtim);
  if (::stat(log_path().c_str(), &status) == 0) {
    stamp.log_bytes = status.st_size;
    stamp.changed_ns = std::max(stamp.changed_ns, nanoseconds(status.st_mtim));
  }
  return stamp;
}

}  // namespace mailkeep::store
