#include "store/addresses.h"

namespace mailkeep::store {

namespace {

constexpr const char* kAddDomain = R"sql(INSERT OR IGNORE INTO domain (name) VALUES (?1))sql";
constexpr const char* kRemoveDomain = R"sql(DELETE FROM domain WHERE name = ?1)sql";
// full scan: it is the list of all domains
constexpr const char* kDomains = R"sql(SELECT name FROM domain ORDER BY name)sql";
constexpr const char* kIsDomain = R"sql(SELECT 1 FROM domain WHERE name = ?1)sql";
// full scan: ends at the first row
constexpr const char* kAnyDomain = R"sql(SELECT 1 FROM domain LIMIT 1)sql";
constexpr const char* kAddAlias =
    R"sql(INSERT OR IGNORE INTO alias (address, target) VALUES (?1, ?2))sql";
constexpr const char* kRemoveAlias = R"sql(DELETE FROM alias WHERE address = ?1)sql";
constexpr const char* kRemoveTarget =
    R"sql(DELETE FROM alias WHERE address = ?1 AND target = ?2)sql";
// full scan: it is the list of all aliases
constexpr const char* kAliases =
    R"sql(SELECT address, target FROM alias ORDER BY address, target)sql";
constexpr const char* kTargets =
    R"sql(SELECT target FROM alias WHERE address = ?1 ORDER BY target)sql";

}  // namespace

Addresses::Addresses(const std::filesystem::path& data_dir)
    : database_(data_dir / "mailkeep.db", sqlite::Open::existing) {}

bool Addresses::add_domain(std::string_view name) {
  const std::lock_guard lock(mutex_);
  database_.run(kAddDomain, name);
  return database_.changes() != 0;
}

bool Addresses::remove_domain(std::string_view name) {
  const std::lock_guard lock(mutex_);
  database_.run(kRemoveDomain, name);
  return database_.changes() != 0;
}

std::vector<std::string> Addresses::domains() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> list;
  sqlite::Query query = database_.query(kDomains);
  while (query.step()) list.emplace_back(query.text(0));
  return list;
}

bool Addresses::is_local(std::string_view domain) {
  const std::lock_guard lock(mutex_);
  if (database_.query(kIsDomain, domain).step()) return true;
  return !database_.query(kAnyDomain).step();
}

bool Addresses::add_alias(const Alias& alias) {
  const std::lock_guard lock(mutex_);
  database_.run(kAddAlias, alias.address, alias.target);
  return database_.changes() != 0;
}

std::size_t Addresses::remove_alias(std::string_view address,
                                    const std::optional<std::string>& target) {
  const std::lock_guard lock(mutex_);
  if (target) {
    database_.run(kRemoveTarget, address, *target);
  } else {
    database_.run(kRemoveAlias, address);
  }
  return static_cast<std::size_t>(database_.changes());
}

std::vector<Alias> Addresses::aliases() {
  const std::lock_guard lock(mutex_);
  std::vector<Alias> list;
  sqlite::Query query = database_.query(kAliases);
  while (query.step()) list.push_back({std::string(query.text(0)), std::string(query.text(1))});
  return list;
}

std::vector<std::string> Addresses::targets(std::string_view address) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> list;
  sqlite::Query query = database_.query(kTargets, address);
  while (query.step()) list.emplace_back(query.text(0));
  return list;
}

}  // namespace mailkeep::store
