#include "store/sqlite/transaction.h"

namespace mailkeep::store::sqlite {

namespace {

constexpr const char* kBeginRead = "BEGIN";
constexpr const char* kBeginWrite = "BEGIN IMMEDIATE";
constexpr const char* kCommit = "COMMIT";
constexpr const char* kRollback = "ROLLBACK";
constexpr const char* kSavepoint = "SAVEPOINT part";
constexpr const char* kRelease = "RELEASE part";
constexpr const char* kRollbackTo = "ROLLBACK TO part";

// For destructors: what cannot be rolled back any more has been already.
void run_quietly(Database& database, const char* sql) noexcept {
  try {
    if (database.in_transaction()) database.run(sql);
  } catch (const std::exception&) {
  }
}

}  // namespace

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.run(kind == Kind::read ? kBeginRead : kBeginWrite);
}

Transaction::~Transaction() {
  if (open_) run_quietly(database_, kRollback);
}

void Transaction::commit() {
  database_.run(kCommit);
  open_ = false;
}

Savepoint::Savepoint(Database& database) : database_(database) {
  database_.run(kSavepoint);
}

Savepoint::~Savepoint() {
  if (!open_) return;
  run_quietly(database_, kRollbackTo);
  run_quietly(database_, kRelease);
}

void Savepoint::keep() {
  database_.run(kRelease);
  open_ = false;
}

}  // namespace mailkeep::store::sqlite
