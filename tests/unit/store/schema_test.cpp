// The schemas and the statements over them.
#include "store/schema/schema.h"

#include <deque>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

namespace fs = std::filesystem;

const fs::path kStoreFolder = fs::path(MAILKEEP_SOURCE_DIR) / "store";

std::string read_file(const fs::path& path) {
  std::ifstream stream(path);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::set<std::string> definitions(sqlite::Database& database) {
  std::set<std::string> result;
  sqlite::Query query =
      database.query("SELECT type || ' ' || name || ': ' || ifnull(sql, '') FROM sqlite_schema");
  while (query.step()) result.emplace(query.text(0));
  return result;
}

class SchemaTest : public testing::Test {
 protected:
  std::unique_ptr<sqlite::Database> migrated(std::span<const std::string_view> schema,
                                             const std::string& name) {
    auto database = std::make_unique<sqlite::Database>(directory_.path() / (name + ".db"),
                                                       sqlite::Open::create);
    migrate(*database, schema, SchemaState::any);
    return database;
  }
  TemporaryDirectory directory_;
};

TEST_F(SchemaTest, StepsAddUpToTheCurrentOne) {
  for (auto [schema, name] :
       {std::pair(account_schema(), "account"), std::pair(directory_schema(), "directory"),
        std::pair(index_schema(), "index")}) {
    auto stepped = migrated(schema, name);
    sqlite::Database current(directory_.path() / (std::string(name) + "-current.db"),
                             sqlite::Open::create);
    current.execute(read_file(kStoreFolder / "schema" / name / "current.sql"));
    EXPECT_EQ(definitions(*stepped), definitions(current)) << name;
    EXPECT_EQ(stepped->integer("PRAGMA user_version"), static_cast<std::int64_t>(schema.size()));
    migrate(*stepped, schema, SchemaState::present);  // a second time: nothing to do
  }
}

TEST_F(SchemaTest, NewerAndForeignDatabasesAreRefused) {
  auto database = migrated(account_schema(), "account");
  database->execute("PRAGMA user_version=" + std::to_string(account_schema().size() + 1));
  EXPECT_THROW(migrate(*database, account_schema(), SchemaState::present), NewerSchema);
  database->execute("PRAGMA application_id=1; PRAGMA user_version=1");
  EXPECT_THROW(migrate(*database, account_schema(), SchemaState::present), sqlite::Error);
  sqlite::Database empty(directory_.path() / "empty.db", sqlite::Open::create);
  EXPECT_THROW(migrate(empty, account_schema(), SchemaState::present), sqlite::Error);
}

// Every SQL text in the sources can be prepared, and reads whole tables only where its comment says
// "full scan".
TEST_F(SchemaTest, AllStatementsFitAndUseIndexes) {
  auto account = migrated(account_schema(), "account");
  auto directory = migrated(directory_schema(), "directory");
  auto index = migrated(index_schema(), "index");
  const std::set<std::string> of_directory{"addresses", "credentials", "directory", "logins"};
  const std::regex statement(R"re(R"sql\(([^]*?)\)sql")re");
  std::deque<std::string> explanations;  // which stay where they are, as a database wants it
  int count = 0;
  for (const auto& entry : fs::directory_iterator(kStoreFolder)) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string source = read_file(entry.path());
    const std::string stem = entry.path().stem();
    sqlite::Database& database = of_directory.contains(stem) ? *directory
                                 : stem == "text_index"      ? *index
                                                             : *account;
    const bool scans_all = stem == "account_check";
    for (std::sregex_iterator match(source.begin(), source.end(), statement), end; match != end;
         ++match, ++count) {
      const std::string sql = (*match)[1];
      const std::string before = source.substr(0, static_cast<std::size_t>(match->position()));
      const std::size_t previous = std::max(before.rfind(';') + 1, std::size_t{0});
      const bool may_scan = scans_all || before.find("full scan", previous) != std::string::npos;
      if (sql.starts_with("PRAGMA")) continue;
      const std::string& explain = explanations.emplace_back("EXPLAIN QUERY PLAN " + sql);
      ASSERT_NO_THROW({
        sqlite::Query plan = database.query(explain.c_str());
        while (plan.step()) {
          const std::string step(plan.text(3));
          if (may_scan || !step.starts_with("SCAN")) continue;
          if (step.starts_with("SCAN CONSTANT ROW")) continue;
          ADD_FAILURE() << entry.path() << ": " << step << ":\n" << sql;
        }
      }) << sql;
    }
  }
  EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace mailkeep::store
