// ACL: rights of others to mailboxes.
#include <algorithm>

#include "mime/text/charset.h"
#include "store/account_impl.h"
#include "store/reader_account.h"

namespace mailkeep::store {

namespace {

constexpr const char* kEntries =
    R"sql(SELECT identifier, rights FROM access WHERE mailbox_id = ?1 ORDER BY identifier)sql";
constexpr const char* kSetAccess = R"sql(
INSERT INTO access (mailbox_id, identifier, rights) VALUES (?1, ?2, ?3)
ON CONFLICT (mailbox_id, identifier) DO UPDATE SET rights = excluded.rights)sql";
constexpr const char* kDeleteEntry =
    R"sql(DELETE FROM access WHERE mailbox_id = ?1 AND identifier = ?2)sql";
constexpr const char* kCountAccess = R"sql(SELECT count(*) FROM access WHERE mailbox_id = ?1)sql";

bool is_valid_identifier(std::string_view identifier) {
  auto is_control = [](char octet) { return (octet >= 0 && octet < ' ') || octet == 0x7f; };
  return !identifier.empty() && identifier != "-" && identifier.size() <= kMaxIdentifierBytes &&
         std::ranges::none_of(identifier, is_control) && mime::is_valid_utf8(identifier);
}

// RFC 4314 7: rights = astring ;; only lowercase ASCII letters and digits
bool is_valid_right(char right) {
  return (right >= 'a' && right <= 'z') || (right >= '0' && right <= '9');
}

}  // namespace

std::string effective_rights(const std::vector<AccessEntry>& entries, std::string_view reader) {
  std::string given;
  std::string taken;
  for (const AccessEntry& entry : entries) {
    std::string_view identifier = entry.identifier;
    const bool is_negative = identifier.starts_with('-');
    if (is_negative) identifier.remove_prefix(1);
    if (identifier == reader || identifier == kAnyone) {
      (is_negative ? taken : given) += entry.rights;
    }
  }
  std::string rights;
  for (char right : given) {
    if (rights.find(right) == std::string::npos && taken.find(right) == std::string::npos) {
      rights += right;
    }
  }
  return rights;
}

StoreResult<std::vector<AccessEntry>> AccountImpl::access(MailboxId mailbox) {
  return read([&](sqlite::Database& database) -> StoreResult<std::vector<AccessEntry>> {
    if (!load_mailbox(database, mailbox)) return std::unexpected(StoreError::no_such_mailbox);
    std::vector<AccessEntry> entries;
    sqlite::Query query = database.query(kEntries, mailbox.value);
    while (query.step()) {
      entries.push_back({std::string(query.text(0)), std::string(query.text(1))});
    }
    return entries;
  });
}

// The directory may know of more than there is, never of less: it learns before a grant is
// committed, and forgets after one was taken back.
StoreResult<void> AccountImpl::set_access(MailboxId mailbox, std::string_view identifier,
                                          std::string_view rights) {
  if (!is_valid_identifier(identifier) || !std::ranges::all_of(rights, is_valid_right)) {
    return std::unexpected(StoreError::invalid_rights);
  }
  std::string kept;
  for (char right : rights) {
    if (kept.find(right) == std::string::npos) kept += right;
  }
  const bool is_positive = !identifier.starts_with('-');
  auto result = write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    sqlite::Database& database = context.database;
    if (!load_mailbox(database, mailbox)) return std::unexpected(StoreError::no_such_mailbox);
    if (kept.empty()) {
      database.run(kDeleteEntry, mailbox.value, identifier);
    } else {
      database.run(kSetAccess, mailbox.value, identifier, std::string_view(kept));
      sqlite::Query count = database.query(kCountAccess, mailbox.value);
      count.step();
      if (count.integer(0) > static_cast<std::int64_t>(kMaxAccessEntries)) {
        return std::unexpected(StoreError::too_many_rights);
      }
      if (is_positive) settings_->on_share(id_, mailbox, identifier, true);
    }
    context.events.push_back({.kind = MailboxEvent::Kind::access, .mailbox = mailbox});
    return {};
  });
  if (!result || !is_positive) return result;
  if (kept.empty()) {
    settings_->on_share(id_, mailbox, identifier, false);
  } else {
    settings_->shares->call(std::string(identifier), name_);
  }
  return result;
}

std::shared_ptr<Account> AccountImpl::for_reader(std::string_view reader) {
  if (reader.empty() || reader == name_) return shared_from_this();
  return make_reader_account(shared_from_this(), reader);
}

}  // namespace mailkeep::store
