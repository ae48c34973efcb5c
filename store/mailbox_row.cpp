#include "store/mailbox_row.h"

#include <algorithm>
#include <chrono>

#include "store/mailbox_name.h"

namespace mailkeep::store {

namespace {

constexpr const char* kById = R"sql(
SELECT id, name, uid_validity, uid_next, highest_modseq, changes_after, messages, unseen, deleted,
       size_bytes, first_recent, keywords, special_use, selectable, unseen_from,
       deleted_bytes
FROM mailbox WHERE id = ?1)sql";

constexpr const char* kByName = R"sql(
SELECT id, name, uid_validity, uid_next, highest_modseq, changes_after, messages, unseen, deleted,
       size_bytes, first_recent, keywords, special_use, selectable, unseen_from,
       deleted_bytes
FROM mailbox WHERE name = ?1)sql";

// full scan: it is the list of all mailboxes
constexpr const char* kAllMailboxes = R"sql(
SELECT id, name, uid_validity, uid_next, highest_modseq, changes_after, messages, unseen, deleted,
       size_bytes, first_recent, keywords, special_use, selectable, unseen_from,
       deleted_bytes
FROM mailbox)sql";

constexpr const char* kSave = R"sql(
UPDATE mailbox SET uid_validity = ?2, uid_next = ?3, highest_modseq = ?4, changes_after = ?5,
  messages = ?6, unseen = ?7, deleted = ?8, size_bytes = ?9, first_recent = ?10, keywords = ?11,
  special_use = ?12, selectable = ?13, unseen_from = ?14, deleted_bytes = ?15
WHERE id = ?1)sql";

constexpr const char* kInsertMailbox = R"sql(
INSERT INTO mailbox (id, name, uid_validity, uid_next, highest_modseq, changes_after, messages,
  unseen, unseen_from, deleted, size_bytes, deleted_bytes, first_recent, keywords, special_use,
  selectable)
VALUES (?1, ?2, ?3, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, ?4, ?5))sql";

constexpr const char* kState =
    R"sql(SELECT next_mailbox, last_uid_validity FROM account_state WHERE id = 1)sql";

constexpr const char* kSaveState = R"sql(
UPDATE account_state SET next_mailbox = ?1, last_uid_validity = ?2 WHERE id = 1)sql";

constexpr const char* kKeywords =
    R"sql(SELECT name FROM keyword WHERE mailbox_id = ?1 ORDER BY position)sql";

constexpr const char* kInsertKeyword =
    R"sql(INSERT INTO keyword (mailbox_id, position, name) VALUES (?1, ?2, ?3))sql";

MailboxRow read_row(const sqlite::Query& query) {
  MailboxRow row;
  row.id.value = query.integer(0);
  row.name = query.text(1);
  row.uid_validity = static_cast<std::uint32_t>(query.integer(2));
  row.uid_next = static_cast<std::uint64_t>(query.integer(3));
  row.highest_modseq.value = static_cast<std::uint64_t>(query.integer(4));
  row.changes_after.value = static_cast<std::uint64_t>(query.integer(5));
  row.messages = static_cast<std::uint32_t>(query.integer(6));
  row.unseen = static_cast<std::uint32_t>(query.integer(7));
  row.deleted = static_cast<std::uint32_t>(query.integer(8));
  row.size_bytes = static_cast<std::uint64_t>(query.integer(9));
  row.first_recent.value = static_cast<std::uint32_t>(query.integer(10));
  row.keywords = static_cast<std::uint32_t>(query.integer(11));
  row.special_use = static_cast<SpecialUse>(query.integer(12));
  row.selectable = query.integer(13) != 0;
  row.unseen_from = static_cast<std::uint32_t>(query.integer(14));
  row.deleted_bytes = static_cast<std::uint64_t>(query.integer(15));
  return row;
}

bool is_same_keyword(std::string_view left, std::string_view right) {
  auto lower = [](char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
  };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

std::optional<MailboxRow> load_mailbox(sqlite::Database& database, MailboxId id) {
  sqlite::Query query = database.query(kById, id.value);
  if (!query.step()) return std::nullopt;
  return read_row(query);
}

std::optional<MailboxRow> load_mailbox(sqlite::Database& database, std::string_view name) {
  sqlite::Query query = database.query(kByName, name);
  if (!query.step()) return std::nullopt;
  return read_row(query);
}

std::vector<MailboxRow> load_mailboxes(sqlite::Database& database) {
  std::vector<MailboxRow> rows;
  sqlite::Query query = database.query(kAllMailboxes);
  while (query.step()) rows.push_back(read_row(query));
  return rows;
}

StoreResult<MailboxRow> require_mailbox(sqlite::Database& database, MailboxId id) {
  auto row = load_mailbox(database, id);
  if (!row || !row->selectable) return std::unexpected(StoreError::no_such_mailbox);
  return *std::move(row);
}

StoreResult<MailboxRow> require_mailbox(sqlite::Database& database, std::string_view name) {
  auto kept_name = normalize_mailbox_name(name);
  if (!kept_name) return std::unexpected(StoreError::no_such_mailbox);
  auto row = load_mailbox(database, *kept_name);
  if (!row) return std::unexpected(StoreError::no_such_mailbox);
  if (!row->selectable) return std::unexpected(StoreError::mailbox_not_selectable);
  return *std::move(row);
}

void save_mailbox(sqlite::Database& database, const MailboxRow& row) {
  database.run(kSave, row.id.value, row.uid_validity, row.uid_next, row.highest_modseq.value,
               row.changes_after.value, row.messages, row.unseen, row.deleted, row.size_bytes,
               row.first_recent.value, row.keywords, static_cast<std::int64_t>(row.special_use),
               row.selectable, row.unseen_from, row.deleted_bytes);
}

MailboxRow insert_mailbox(sqlite::Database& database, std::string_view name, SpecialUse use,
                          bool selectable) {
  sqlite::Query state = database.query(kState);
  if (!state.step()) throw sqlite::Error(sqlite::ErrorKind::damaged, "account_state has no row");
  std::int64_t id = state.integer(0);
  // By the clock, so that it is new even where an older copy of the account was restored.
  std::int64_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::int64_t uid_validity = std::max(now, state.integer(1) + 1);
  state.reset();
  database.run(kSaveState, id + 1, uid_validity);
  database.run(kInsertMailbox, id, name, uid_validity, static_cast<std::int64_t>(use), selectable);
  return load_mailbox(database, MailboxId{id}).value();
}

std::vector<std::string> load_keywords(sqlite::Database& database, MailboxId id) {
  std::vector<std::string> names;
  sqlite::Query query = database.query(kKeywords, id.value);
  while (query.step()) names.emplace_back(query.text(0));
  return names;
}

StoreResult<FlagBits> resolve_flags(sqlite::Database& database, MailboxRow& row,
                                    const FlagSet& flags, bool add) {
  FlagBits bits = flags.system & flag::system;
  if (flags.keywords.empty()) return bits;
  std::vector<std::string> known = load_keywords(database, row.id);
  const std::size_t kept = known.size();
  for (const std::string& keyword : flags.keywords) {
    auto place = std::find_if(known.begin(), known.end(), [&](const std::string& name) {
      return is_same_keyword(name, keyword);
    });
    if (place == known.end()) {
      if (!add) continue;
      if (known.size() >= kMaxKeywords || keyword.empty() || keyword.size() > kMaxKeywordBytes) {
        return std::unexpected(StoreError::too_many_keywords);
      }
      place = known.insert(known.end(), keyword);
    }
    bits |= FlagBits{1} << (kFirstKeywordBit + static_cast<unsigned>(place - known.begin()));
  }
  for (std::size_t i = kept; i < known.size(); ++i) {
    database.run(kInsertKeyword, row.id.value, std::uint64_t{i}, std::string_view(known[i]));
  }
  row.keywords = static_cast<std::uint32_t>(known.size());
  return bits;
}

}  // namespace mailkeep::store
