#include "store/sqlite/database.h"

#include <mutex>

#include <sqlite3.h>

#include "store/sqlite/log_buffer.h"
#include "store/sqlite/raise.h"

namespace mailkeep::store::sqlite {

namespace {

constexpr int kBusyTimeoutMs = 10'000;  // for writers of other processes
// What a reused log is cut to when it once grew larger. Writing over blocks that are there is
// synced twice as fast as writing past the end, so this is above what the store lets a log grow to.
constexpr int kWalKeptBytes = 16 << 20;

ErrorKind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::damaged;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return ErrorKind::statement;
    case SQLITE_FULL:
      return ErrorKind::disk_full;
    default:
      return ErrorKind::machine;
  }
}

// The settings of the process: no global statistics (their mutex would be taken by every
// allocation), and no page cache that is allocated in advance.
void configure_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
    sqlite3_initialize();
  });
}

}  // namespace

[[noreturn]] void raise(sqlite3* handle, int code, const char* what) {
  std::string text = "SQLite: ";
  text += handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  text += " (code " + std::to_string(handle != nullptr ? sqlite3_extended_errcode(handle) : code);
  if (handle != nullptr) {
    const char* path = sqlite3_db_filename(handle, "main");
    if (path != nullptr && *path != '\0') text += std::string(", ") + path;
  }
  text += ")";
  if (what != nullptr) text += std::string(": ") + what;
  throw Error(kind_of(code), text);
}

Database::Database(const std::filesystem::path& path, Open open, const DatabaseOptions& options) {
  configure_library();
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (open == Open::create) flags |= SQLITE_OPEN_CREATE;
  int code = sqlite3_open_v2(path.c_str(), &handle_, flags, buffered_log_file_system());
  try {
    if (code != SQLITE_OK) {
      std::error_code ignored;
      if ((code & 0xff) == SQLITE_CANTOPEN && !std::filesystem::exists(path, ignored)) {
        throw Error(ErrorKind::missing, "The database file is missing: " + path.string());
      }
      raise(handle_, code, nullptr);
    }
    sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
    sqlite3_wal_hook(
        handle_,
        [](void* pages, sqlite3*, const char*, int count) {
          *static_cast<std::uint64_t*>(pages) = static_cast<std::uint64_t>(count);
          return SQLITE_OK;
        },
        &log_pages_);
    int kept = 1;
    sqlite3_file_control(handle_, "main", SQLITE_FCNTL_PERSIST_WAL, &kept);
    execute("PRAGMA cache_size=-" + std::to_string(options.cache_kibibytes) +
            ";PRAGMA synchronous=FULL;PRAGMA mmap_size=0;PRAGMA temp_store=MEMORY;PRAGMA "
            "secure_delete=FAST"
            ";PRAGMA cell_size_check=ON;PRAGMA trusted_schema=OFF;PRAGMA journal_size_limit=" +
            std::to_string(kWalKeptBytes));
    if (open == Open::create) {
      if (options.page_bytes != 0) {
        execute("PRAGMA page_size=" + std::to_string(options.page_bytes));
      }
      execute("PRAGMA journal_mode=WAL");
    }
    page_bytes_ = static_cast<std::uint64_t>(integer("PRAGMA page_size"));
  } catch (...) {
    sqlite3_close_v2(handle_);
    throw;
  }
}

Database::~Database() {
  statements_.clear();
  sqlite3_close_v2(handle_);
}

void Database::execute(const std::string& sql) {
  if (int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) {
    raise(handle_, code, sql.c_str());
  }
}

std::int64_t Database::integer(const std::string& sql) {
  Query query(prepare(sql.c_str()), true);
  if (!query.step()) throw Error(ErrorKind::damaged, "SQLite: no row: " + sql);
  return query.integer(0);
}

void Database::set_durability(Durability durability) {
  if (durability == durability_) return;
  switch (durability) {
    case Durability::none:
      execute("PRAGMA synchronous=OFF");
      break;
    case Durability::process:
      execute("PRAGMA synchronous=NORMAL");
      break;
    case Durability::disk:
      execute("PRAGMA synchronous=FULL");
      break;
  }
  durability_ = durability;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

std::uint32_t Database::checkpoint() {
  int in_log = 0;
  int copied = 0;
  int code =
      sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) raise(handle_, code, "checkpoint");
  return in_log > copied ? static_cast<std::uint32_t>(in_log - copied) : 0;
}

void Database::release_memory() {
  sqlite3_db_release_memory(handle_);
}

Statement* Database::prepare(const char* sql) {
  sqlite3_stmt* handle = nullptr;
  int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) raise(handle_, code, sql);
  return new Statement(handle);
}

Query Database::take(const char* sql) {
  std::unique_ptr<Statement>& kept = statements_[sql];
  if (kept == nullptr) kept.reset(prepare(sql));
  if (kept->in_use) return Query(prepare(sql), true);
  return Query(kept.get(), false);
}

}  // namespace mailkeep::store::sqlite
