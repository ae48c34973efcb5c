#include "store/sqlite/statement.h"

#include <utility>

#include <sqlite3.h>

#include "store/sqlite/raise.h"

namespace mailkeep::store::sqlite {

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Query::Query(Statement* statement, bool owned)
    : statement_(statement), handle_(statement->handle()), owned_(owned) {
  statement_->in_use = true;
}

Query::~Query() {
  release();
}

Query::Query(Query&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      handle_(other.handle_),
      owned_(other.owned_) {}

Query& Query::operator=(Query&& other) noexcept {
  if (this != &other) {
    release();
    statement_ = std::exchange(other.statement_, nullptr);
    handle_ = other.handle_;
    owned_ = other.owned_;
  }
  return *this;
}

void Query::release() {
  if (statement_ == nullptr) return;
  sqlite3_reset(handle_);
  statement_->in_use = false;
  if (owned_) delete statement_;
  statement_ = nullptr;
}

bool Query::step() {
  int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  raise(sqlite3_db_handle(handle_), code, sqlite3_sql(handle_));
}

void Query::run() {
  while (step()) {
  }
}

void Query::reset() {
  sqlite3_reset(handle_);
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::string_view Query::text(int column) const {
  const auto* bytes = sqlite3_column_text(handle_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view Query::blob(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

void Query::bind_one(int index, std::int64_t value) {
  if (int code = sqlite3_bind_int64(handle_, index, value); code != SQLITE_OK) {
    raise(sqlite3_db_handle(handle_), code, sqlite3_sql(handle_));
  }
}

void Query::bind_one(int index, std::string_view value) {
  int code = sqlite3_bind_text64(handle_, index, value.data() == nullptr ? "" : value.data(),
                                 value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) raise(sqlite3_db_handle(handle_), code, sqlite3_sql(handle_));
}

void Query::bind_one(int index, Blob value) {
  int code = value.bytes.empty() ? sqlite3_bind_zeroblob(handle_, index, 0)
                                 : sqlite3_bind_blob64(handle_, index, value.bytes.data(),
                                                       value.bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) raise(sqlite3_db_handle(handle_), code, sqlite3_sql(handle_));
}

void Query::bind_one(int index, Null) {
  if (int code = sqlite3_bind_null(handle_, index); code != SQLITE_OK) {
    raise(sqlite3_db_handle(handle_), code, sqlite3_sql(handle_));
  }
}

}  // namespace mailkeep::store::sqlite
