// One prepared statement, and a use of it.
//
// A Query is taken from Database::query, stepped, and returns its statement to the database's cache
// when it ends. Bound Blobs are not copied: they must stay until the last step. Columns are read
// after a step() that was true; their views are valid until the next step, reset or the end.
#pragma once

#include <cstdint>
#include <string_view>

struct sqlite3_stmt;

namespace mailkeep::store::sqlite {

// Octets, as opposed to text.
struct Blob {
  std::string_view bytes;
};
// SQL NULL.
struct Null {};

class Statement {
 public:
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  sqlite3_stmt* handle() const { return handle_; }
  bool in_use = false;

 private:
  sqlite3_stmt* handle_;
};

class Query {
 public:
  // `owned`: the statement goes away with the query, as it is not in the cache.
  Query(Statement* statement, bool owned);
  ~Query();
  Query(Query&& other) noexcept;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query& operator=(Query&& other) noexcept;

  // Ends the run so far and binds ?1, ?2, ... anew, from the first.
  template <class... Values>
  Query& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }

  // The next row; false at the end. Throws Error.
  bool step();
  // Steps to the end.
  void run();
  void reset();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_null(int column) const;

 private:
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, std::uint64_t value) {
    bind_one(index, static_cast<std::int64_t>(value));
  }
  void bind_one(int index, std::int32_t value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, std::uint32_t value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, bool value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, std::string_view value);
  void bind_one(int index, Blob value);
  void bind_one(int index, Null);
  void release();

  Statement* statement_;
  sqlite3_stmt* handle_;
  bool owned_;
};

}  // namespace mailkeep::store::sqlite
