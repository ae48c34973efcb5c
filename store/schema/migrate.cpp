#include "store/schema/schema.h"
#include "store/sqlite/transaction.h"

namespace mailkeep::store {

namespace {

constexpr const char* kVersion = "PRAGMA user_version";
constexpr const char* kApplication = "PRAGMA application_id";
constexpr std::int64_t kApplicationId = 0x4d4b6565;  // "MKee"

std::int64_t read_number(sqlite::Database& database, const char* pragma) {
  sqlite::Query query = database.query(pragma);
  return query.step() ? query.integer(0) : 0;
}

}  // namespace

void migrate(sqlite::Database& database, std::span<const std::string_view> schema,
             SchemaState expected) {
  const auto newest = static_cast<std::int64_t>(schema.size());
  if (read_number(database, kVersion) == newest &&
      read_number(database, kApplication) == kApplicationId) {
    return;
  }

  sqlite::Transaction transaction(database, sqlite::Transaction::Kind::write);
  std::int64_t version = read_number(database, kVersion);
  if (version > newest) {
    throw NewerSchema("The database was written by a newer Mailkeep (its schema is number " +
                      std::to_string(version) + ", this program knows " + std::to_string(newest) +
                      ").");
  }
  if (version < 0 || (version == 0 && expected == SchemaState::present) ||
      (version > 0 && read_number(database, kApplication) != kApplicationId)) {
    throw sqlite::Error(sqlite::ErrorKind::damaged, "The file is not a database of Mailkeep.");
  }
  for (std::int64_t step = version; step < newest; ++step) {
    database.execute(std::string(schema[static_cast<std::size_t>(step)]));
  }
  database.execute("PRAGMA application_id=" + std::to_string(kApplicationId));
  database.execute("PRAGMA user_version=" + std::to_string(newest));
  transaction.commit();
}

}  // namespace mailkeep::store
