// One connection to one database file, with its prepared statements. Used by one thread at a time.
//
// Every connection: write-ahead log, foreign keys off (references are kept by the store's code and
// verified by check), no memory mapping, a busy time-out for writers of other processes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

#include "store/sqlite/error.h"
#include "store/sqlite/statement.h"

struct sqlite3;

namespace mailkeep::store::sqlite {

enum class Open : std::uint8_t {
  existing,  // a file that is missing is ErrorKind::missing
  create,    // made where missing
};

struct DatabaseOptions {
  std::uint32_t page_bytes = 0;         // of a new file; 0: SQLite's default
  std::uint32_t cache_kibibytes = 512;  // at most this much page cache
};

enum class Durability : std::uint8_t {
  none,     // what a crash leaves is open (synchronous OFF)
  process,  // a commit survives the process, not yet a power loss (synchronous NORMAL)
  disk,     // a commit survives power loss (synchronous FULL)
};

class Database {
 public:
  Database(const std::filesystem::path& path, Open open, const DatabaseOptions& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A use of the statement `sql`, which must be a string that lives as long as the program: its
  // address is the key of the cache.
  template <class... Values>
  Query query(const char* sql, const Values&... values) {
    Query query = take(sql);
    query.bind(values...);
    return query;
  }
  // Runs a statement that gives no rows.
  template <class... Values>
  void run(const char* sql, const Values&... values) {
    query(sql, values...).run();
  }
  // Runs any SQL, several statements too, past the cache.
  void execute(const std::string& sql);
  // The first column of the first row of `sql`; throws where there is none.
  std::int64_t integer(const std::string& sql);

  // For commits from now on; not inside a transaction.
  void set_durability(Durability durability);
  // Rows changed by the last statement.
  std::int64_t changes() const;
  bool in_transaction() const;
  // What the log held after this connection's last commit.
  std::uint64_t log_bytes() const { return log_pages_ * page_bytes_; }
  // Copies the log into the database file as far as no reader needs it; never waits. Returns the
  // number of log pages that were not copied.
  std::uint32_t checkpoint();
  // Gives page cache back.
  void release_memory();

 private:
  Query take(const char* sql);
  Statement* prepare(const char* sql);

  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;
  Durability durability_ = Durability::disk;
  std::uint64_t log_pages_ = 0;
  std::uint64_t page_bytes_ = 0;
};

}  // namespace mailkeep::store::sqlite
