// The schemas as numbered steps: step i brings a database from schema i to schema i + 1. The number
// of a database's schema is its PRAGMA user_version. schema.cpp is made from the .sql files by
// CMake.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "store/sqlite/database.h"

namespace mailkeep::store {

std::span<const std::string_view> account_schema();
std::span<const std::string_view> directory_schema();
std::span<const std::string_view> index_schema();

// The database was made by a newer Mailkeep.
class NewerSchema : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class SchemaState : std::uint8_t {
  any,      // an empty database gets the schema
  present,  // an empty database is damage
};

// Brings `database` to the newest schema, in one transaction. Throws NewerSchema, or sqlite::Error
// of kind damaged where it is a database of something else.
void migrate(sqlite::Database& database, std::span<const std::string_view> schema,
             SchemaState expected);

}  // namespace mailkeep::store
