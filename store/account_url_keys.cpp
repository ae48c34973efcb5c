// Keys that authorize URLs (RFC 4467): one for each user and mailbox.
#include <array>
#include <new>

#include <openssl/rand.h>

#include "store/account_impl.h"

namespace mailkeep::store {

namespace {

constexpr const char* kFindUrlKey =
    R"sql(SELECT value FROM url_key WHERE mailbox_id = ?1 AND reader = ?2)sql";
constexpr const char* kPut = R"sql(
INSERT OR REPLACE INTO url_key (mailbox_id, reader, value) VALUES (?1, ?2, ?3))sql";
// full scan: there are few keys
constexpr const char* kRemoveUrlKeys = R"sql(DELETE FROM url_key WHERE reader = ?1)sql";

constexpr std::size_t kKeyBytes = 32;

std::string random_key() {
  std::array<unsigned char, kKeyBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string find_key(sqlite::Database& database, MailboxId mailbox, std::string_view reader) {
  sqlite::Query query = database.query(kFindUrlKey, mailbox.value, reader);
  return query.step() ? std::string(query.blob(0)) : std::string();
}

}  // namespace

StoreResult<std::string> AccountImpl::url_key_of(std::string_view reader, MailboxId mailbox,
                                                 UrlKey what) {
  if (what != UrlKey::renew) {
    auto key = read([&](sqlite::Database& database) -> StoreResult<std::string> {
      auto row = require_mailbox(database, mailbox);
      if (!row) return std::unexpected(row.error());
      return find_key(database, mailbox, reader);
    });
    if (!key || what == UrlKey::find || !key->empty()) return key;
  }
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<std::string> {
    auto row = require_mailbox(context.database, mailbox);
    if (!row) return std::unexpected(row.error());
    std::string key = find_key(context.database, mailbox, reader);
    if (!key.empty() && what == UrlKey::make) return key;
    key = random_key();
    context.database.run(kPut, mailbox.value, reader, sqlite::Blob{key});
    return key;
  });
}

StoreResult<void> AccountImpl::remove_url_keys_of(std::string_view reader) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    context.database.run(kRemoveUrlKeys, reader);
    return {};
  });
}

StoreResult<std::string> AccountImpl::url_key(MailboxId mailbox, UrlKey what) {
  return url_key_of({}, mailbox, what);
}

StoreResult<void> AccountImpl::remove_url_keys() {
  return remove_url_keys_of({});
}

}  // namespace mailkeep::store
