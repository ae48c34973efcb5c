#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "store/sqlite/database.h"
#include "store/sqlite/transaction.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store::sqlite {
namespace {

constexpr const char* kInsert = "INSERT INTO t (a, b) VALUES (?1, ?2)";
constexpr const char* kTouch = "UPDATE t SET b = ?2 WHERE a <= ?1";
constexpr const char* kCount = "SELECT count(*), sum(length(b)) FROM t";
constexpr std::int64_t kRows = 400;
const std::string kValue(3000, 'v');

// Two connections as two processes would have them, with caches so small that transactions spill.
class LogBufferTest : public testing::Test {
 protected:
  LogBufferTest() : first_(path(), Open::create, {.cache_kibibytes = 16}) {
    first_.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    second_ =
        std::make_unique<Database>(path(), Open::existing, DatabaseOptions{.cache_kibibytes = 16});
  }
  std::filesystem::path path() const { return directory_.path() / "test.db"; }

  static void fill(Database& database, std::int64_t from, std::int64_t to) {
    for (std::int64_t row = from; row < to; ++row) database.run(kInsert, row, kValue);
  }
  static void expect_rows(Database& database, std::int64_t rows) {
    Query query = database.query(kCount);
    ASSERT_TRUE(query.step());
    EXPECT_EQ(query.integer(0), rows);
    EXPECT_EQ(query.integer(1), rows * static_cast<std::int64_t>(kValue.size()));
    query.reset();
    Query sound = database.query("PRAGMA integrity_check");
    ASSERT_TRUE(sound.step());
    EXPECT_EQ(sound.text(0), "ok");
  }

  TemporaryDirectory directory_;
  Database first_;
  std::unique_ptr<Database> second_;
};

TEST_F(LogBufferTest, OthersSeeATransactionThatSpilledWhole) {
  {
    Transaction transaction(first_, Transaction::Kind::write);
    fill(first_, 0, kRows);
    first_.run(kTouch, kRows, kValue);  // pages that are in the log already change again
    expect_rows(first_, kRows);
    transaction.commit();
  }
  expect_rows(*second_, kRows);
}

TEST_F(LogBufferTest, WhatWasRolledBackDoesNotOverwriteWhatOthersCommit) {
  for (std::int64_t round = 0; round < 5; ++round) {
    {
      Transaction transaction(first_, Transaction::Kind::write);
      fill(first_, 1000, 1000 + kRows / 2 + round);
    }
    Transaction transaction(*second_, Transaction::Kind::write);
    fill(*second_, round * 3, round * 3 + 3);
    transaction.commit();
    expect_rows(first_, round * 3 + 3);
  }
  first_.checkpoint();
  expect_rows(*second_, 15);
}

TEST_F(LogBufferTest, ACommitThatIsNotFlushedIsInTheLogWhenItReturns) {
  first_.set_durability(Durability::process);
  {
    Transaction transaction(first_, Transaction::Kind::write);
    fill(first_, 0, 20);
    transaction.commit();
  }
  const std::filesystem::path copy = directory_.path() / "copy.db";
  std::filesystem::copy_file(path(), copy);
  std::filesystem::copy_file(path().string() + "-wal", copy.string() + "-wal");
  Database after_the_crash(copy, Open::existing);
  expect_rows(after_the_crash, 20);
}

TEST_F(LogBufferTest, TheLogIsUsedAgainFromItsStart) {
  for (std::int64_t round = 0; round < 10; ++round) {
    Transaction transaction(first_, Transaction::Kind::write);
    fill(first_, round * 10, round * 10 + 10);
    transaction.commit();
    EXPECT_EQ(first_.checkpoint(), 0U);
  }
  expect_rows(*second_, 100);
  EXPECT_LT(std::filesystem::file_size(path().string() + "-wal"), 1U << 20);
}

}  // namespace
}  // namespace mailkeep::store::sqlite
