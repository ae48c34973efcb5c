#include <fstream>

#include <gtest/gtest.h>

#include "store/sqlite/database.h"
#include "store/sqlite/transaction.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store::sqlite {
namespace {

constexpr const char* kInsertItem = "INSERT INTO t (a, b) VALUES (?1, ?2)";
constexpr const char* kSelect = "SELECT a, b FROM t ORDER BY a";
constexpr const char* kCountItems = "SELECT count(*) FROM t";

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() : database_(path(), Open::create) {
    database_.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
  }
  std::filesystem::path path() const { return directory_.path() / "test.db"; }

  TemporaryDirectory directory_;
  Database database_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWere) {
  const std::string octets("\0\xff\0", 3);
  database_.run(kInsertItem, 1, Blob{octets});
  database_.run(kInsertItem, 2, std::string_view("text"));
  database_.run(kInsertItem, 3, Null{});
  database_.run(kInsertItem, 4, std::uint64_t{1} << 62);
  database_.run(kInsertItem, 5, Blob{});
  database_.run(kInsertItem, 6, true);
  Query query = database_.query(kSelect);
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.blob(1), octets);
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.text(1), "text");
  ASSERT_TRUE(query.step());
  EXPECT_TRUE(query.is_null(1));
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(1), std::int64_t{1} << 62);
  ASSERT_TRUE(query.step());
  EXPECT_FALSE(query.is_null(1));
  EXPECT_TRUE(query.blob(1).empty());
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(1), 1);
  EXPECT_FALSE(query.step());
}

TEST_F(DatabaseTest, AStatementCanBeUsedInsideItself) {
  database_.run(kInsertItem, 1, 1);
  database_.run(kInsertItem, 2, 2);
  int pairs = 0;
  Query outer = database_.query(kSelect);
  while (outer.step()) {
    Query inner = database_.query(kSelect);
    while (inner.step()) ++pairs;
  }
  EXPECT_EQ(pairs, 4);
}

TEST_F(DatabaseTest, TransactionsAndSavepointsUndo) {
  {
    Transaction transaction(database_, Transaction::Kind::write);
    database_.run(kInsertItem, 1, 1);
    {
      Savepoint part(database_);
      database_.run(kInsertItem, 2, 2);
    }
    {
      Savepoint part(database_);
      database_.run(kInsertItem, 3, 3);
      part.keep();
    }
    EXPECT_EQ(database_.integer(kCountItems), 2);
    transaction.commit();
  }
  {
    Transaction transaction(database_, Transaction::Kind::write);
    database_.run(kInsertItem, 4, 4);
    EXPECT_TRUE(database_.in_transaction());
  }
  EXPECT_FALSE(database_.in_transaction());
  EXPECT_EQ(database_.integer(kCountItems), 2);
}

TEST_F(DatabaseTest, ReadersSeeOneState) {
  Database reader(path(), Open::existing);
  Transaction transaction(reader, Transaction::Kind::read);
  EXPECT_EQ(reader.integer(kCountItems), 0);
  database_.run(kInsertItem, 1, 1);
  EXPECT_EQ(reader.integer(kCountItems), 0);
  transaction.commit();
  EXPECT_EQ(reader.integer(kCountItems), 1);
}

TEST_F(DatabaseTest, ErrorsHaveKinds) {
  auto kind_of = [](auto&& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return ErrorKind::machine;
  };
  database_.run(kInsertItem, 1, 1);
  EXPECT_EQ(kind_of([&] { database_.run(kInsertItem, 1, 1); }), ErrorKind::statement);
  EXPECT_EQ(kind_of([&] { database_.execute("nonsense"); }), ErrorKind::machine);
  EXPECT_EQ(kind_of([&] { Database(directory_.path() / "none.db", Open::existing); }),
            ErrorKind::missing);
  const auto text = directory_.path() / "text.db";
  {
    std::ofstream(text) << std::string(5000, 'x');
  }
  EXPECT_EQ(kind_of([&] { Database(text, Open::existing).integer("PRAGMA user_version"); }),
            ErrorKind::damaged);
}

TEST_F(DatabaseTest, TheLogIsCopiedAndUsedAgain) {
  const std::string octets(100'000, 'x');
  for (int i = 1; i <= 10; ++i) database_.run(kInsertItem, i, Blob{octets});
  EXPECT_GT(database_.log_bytes(), 1'000'000U);
  EXPECT_EQ(database_.checkpoint(), 0U);
  database_.run(kInsertItem, 11, 1);
  EXPECT_LT(database_.log_bytes(), 100'000U);
  const auto log = std::filesystem::file_size(path().string() + "-wal");
  EXPECT_GT(log, 1'000'000U);
  {
    Database reader(path(), Open::existing);
    Transaction transaction(reader, Transaction::Kind::read);
    EXPECT_EQ(reader.integer(kCountItems), 11);
    database_.run(kInsertItem, 12, Blob{octets});
    EXPECT_GT(database_.checkpoint(), 0U);
  }
}

}  // namespace
}  // namespace mailkeep::store::sqlite
