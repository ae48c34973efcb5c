// Transactions and savepoints that end with their scope.
#pragma once

#include <cstdint>

#include "store/sqlite/database.h"

namespace mailkeep::store::sqlite {

// Rolls back unless commit() was called.
class Transaction {
 public:
  enum class Kind : std::uint8_t {
    read,   // one state of the database from the first read on
    write,  // waits for other writers of the file at its start
  };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

// A part of a transaction that can be undone by itself. Undone unless keep() was called.
class Savepoint {
 public:
  explicit Savepoint(Database& database);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void keep();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace mailkeep::store::sqlite
