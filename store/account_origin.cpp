// Messages that come from elsewhere: origins of mailboxes, kept POP3 ids.
#include <algorithm>

#include "store/account_impl.h"
#include "store/mailbox_name.h"
#include "store/origin_row.h"

namespace mailkeep::store {

namespace {

constexpr const char* kOrigin = R"sql(
SELECT source, uid_validity, uid_next, modseq, own_from, finished FROM origin
WHERE mailbox_id = ?1)sql";
constexpr const char* kSaveOrigin = R"sql(
INSERT OR REPLACE INTO origin
  (mailbox_id, source, uid_validity, uid_next, modseq, own_from, finished)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql";
constexpr const char* kFinishOrigin =
    R"sql(UPDATE origin SET finished = 1 WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteOrigin = R"sql(DELETE FROM origin WHERE mailbox_id = ?1)sql";

constexpr const char* kInsertMoved = R"sql(
INSERT OR REPLACE INTO moved_uid (mailbox_id, origin_uid, uid) VALUES (?1, ?2, ?3))sql";
constexpr const char* kMoved =
    R"sql(SELECT origin_uid, uid FROM moved_uid WHERE mailbox_id = ?1 ORDER BY origin_uid)sql";
constexpr const char* kDeleteMoved = R"sql(DELETE FROM moved_uid WHERE mailbox_id = ?1)sql";

// The last range that begins at a UID or below it.
constexpr const char* kMissingAt = R"sql(
SELECT first_uid, last_uid, told FROM missing_uid WHERE mailbox_id = ?1 AND first_uid <= ?2
ORDER BY first_uid DESC LIMIT 1)sql";
constexpr const char* kMissingUids = R"sql(
SELECT first_uid, last_uid, told FROM missing_uid WHERE mailbox_id = ?1 ORDER BY first_uid)sql";
constexpr const char* kHasMissing =
    R"sql(SELECT 1 FROM missing_uid WHERE mailbox_id = ?1 LIMIT 1)sql";
constexpr const char* kInsertMissing = R"sql(
INSERT INTO missing_uid (mailbox_id, first_uid, last_uid, told) VALUES (?1, ?2, ?3, ?4))sql";
constexpr const char* kDeleteMissing =
    R"sql(DELETE FROM missing_uid WHERE mailbox_id = ?1 AND first_uid = ?2)sql";
constexpr const char* kDeleteAllMissing = R"sql(DELETE FROM missing_uid WHERE mailbox_id = ?1)sql";

constexpr const char* kInsertId =
    R"sql(INSERT OR IGNORE INTO pop3_id (mailbox_id, uid, value) VALUES (?1, ?2, ?3))sql";
constexpr const char* kHasId =
    R"sql(SELECT 1 FROM pop3_id WHERE mailbox_id = ?1 AND uid = ?2 AND value = ?3)sql";
constexpr const char* kIds =
    R"sql(SELECT uid, value FROM pop3_id WHERE mailbox_id = ?1 ORDER BY uid)sql";
constexpr const char* kDeleteIds =
    R"sql(DELETE FROM pop3_id WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3)sql";
constexpr const char* kHasMessage =
    R"sql(SELECT 1 FROM mailbox_message WHERE mailbox_id = ?1 AND uid = ?2)sql";

constexpr const char* kRaiseUidValidity =
    R"sql(UPDATE account_state SET last_uid_validity = max(last_uid_validity, ?1) WHERE id = 1)sql";

// New mailboxes take higher UIDVALIDITYs: those above it, from elsewhere, leave too few.
constexpr std::uint32_t kMaxRaisedUidValidity = 0xf0000000;

constexpr std::size_t kMaxPop3IdBytes = 70;

// UIDs that are left to what still comes to the old server once mail comes here.
constexpr std::uint32_t kRoomForOrigin = 1'000'000;

Uid uid_of(std::int64_t number) {
  return Uid{static_cast<std::uint32_t>(number)};
}

// Makes the mailbox one of this origin. One that no message ever was in takes its UIDVALIDITY: no
// client can know a message by the old one.
void begin_origin(sqlite::Database& database, MailboxRow& row, MailboxOrigin& origin) {
  database.run(kDeleteMoved, row.id.value);
  database.run(kDeleteAllMissing, row.id.value);
  if (row.uid_next != 1) origin.own_from = Uid{1};
  save_origin(database, row.id, origin);
  if (row.uid_next != 1 || row.uid_validity == origin.uid_validity) return;
  row.uid_validity = origin.uid_validity;
  save_mailbox(database, row);
  if (origin.uid_validity <= kMaxRaisedUidValidity) {
    database.run(kRaiseUidValidity, origin.uid_validity);
  }
}

}  // namespace

bool is_pop3_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxPop3IdBytes &&
         std::ranges::all_of(id, [](char octet) { return octet >= 0x21 && octet <= 0x7e; });
}

std::optional<MailboxOrigin> load_origin(sqlite::Database& database, MailboxId mailbox) {
  sqlite::Query query = database.query(kOrigin, mailbox.value);
  if (!query.step()) return std::nullopt;
  return MailboxOrigin{.source = std::string(query.text(0)),
                       .uid_validity = static_cast<std::uint32_t>(query.integer(1)),
                       .uid_next = uid_of(query.integer(2)),
                       .modseq = Modseq{static_cast<std::uint64_t>(query.integer(3))},
                       .own_from = uid_of(query.integer(4)),
                       .finished = query.integer(5) != 0};
}

void save_origin(sqlite::Database& database, MailboxId mailbox, const MailboxOrigin& origin) {
  const std::string_view source = std::string_view(origin.source).substr(0, kMaxOriginBytes);
  database.run(kSaveOrigin, mailbox.value, source, origin.uid_validity, origin.uid_next.value,
               origin.modseq.value, origin.own_from.value, origin.finished ? 1 : 0);
}

void note_moved_uid(sqlite::Database& database, MailboxId mailbox, Uid origin_uid, Uid uid) {
  database.run(kInsertMoved, mailbox.value, origin_uid.value, uid.value);
}

void leave_room(sqlite::Database& database, MailboxRow& row) {
  auto origin = load_origin(database, row.id);
  if (!origin) return;
  const bool wants_room = origin->source.starts_with(kServerOrigin) &&
                          origin->uid_validity == row.uid_validity &&
                          row.uid_next <= origin->uid_next.value;
  if (wants_room && row.uid_next + kRoomForOrigin <= kMaxKeptUid) row.uid_next += kRoomForOrigin;
  const bool can_come = row.uid_next <= 0xffffffffU;
  if (origin->own_from != Uid{} || !can_come) return;
  origin->own_from = Uid{static_cast<std::uint32_t>(row.uid_next)};
  save_origin(database, row.id, *origin);
}

void forget_missing(sqlite::Database& database, MailboxId mailbox, const UidSet& uids) {
  for (const UidSet::Range& range : uids.ranges()) {
    for (;;) {
      sqlite::Query query = database.query(kMissingAt, mailbox.value, range.last);
      if (!query.step() || query.integer(1) < range.first) break;
      const std::int64_t first = query.integer(0);
      const std::int64_t last = query.integer(1);
      const std::int64_t told = query.integer(2);
      query.reset();
      database.run(kDeleteMissing, mailbox.value, first);
      if (last > range.last) {
        const std::int64_t rest = std::int64_t{range.last} + 1;
        database.run(kInsertMissing, mailbox.value, rest, last, told);
      }
      if (first >= range.first) continue;
      const std::int64_t rest = std::int64_t{range.first} - 1;
      database.run(kInsertMissing, mailbox.value, first, rest, told);
      break;
    }
  }
}

void note_missing(sqlite::Database& database, MailboxId mailbox, const UidSet& uids, bool told) {
  forget_missing(database, mailbox, uids);
  for (const UidSet::Range& range : uids.ranges()) {
    database.run(kInsertMissing, mailbox.value, range.first, range.last, told ? 1 : 0);
  }
}

bool has_missing(sqlite::Database& database, MailboxId mailbox) {
  return database.query(kHasMissing, mailbox.value).step();
}

bool is_missing(sqlite::Database& database, MailboxId mailbox, Uid uid) {
  sqlite::Query query = database.query(kMissingAt, mailbox.value, uid.value);
  return query.step() && query.integer(1) >= uid.value;
}

bool keep_pop3_id(sqlite::Database& database, const MailboxRow& row, Uid uid, std::string_view id) {
  if (!is_pop3_id(id)) return false;
  // Nobody's own id, which POP3 makes of UIDVALIDITY and UID, may become that of another message.
  const std::string own = std::to_string(row.uid_validity) + '.';
  if (id.starts_with(own)) return false;
  database.run(kInsertId, row.id.value, uid.value, id);
  return database.query(kHasId, row.id.value, uid.value, id).step();
}

void drop_pop3_ids(sqlite::Database& database, MailboxId mailbox, const UidSet::Range& uids) {
  database.run(kDeleteIds, mailbox.value, uids.first, uids.last);
}

void erase_origin(sqlite::Database& database, MailboxId mailbox) {
  database.run(kDeleteOrigin, mailbox.value);
  database.run(kDeleteMoved, mailbox.value);
  database.run(kDeleteAllMissing, mailbox.value);
  drop_pop3_ids(database, mailbox, {1, 0xffffffffU});
}

StoreResult<AdoptedMailbox> AccountImpl::adopt_mailbox(std::string_view name,
                                                       std::string_view source,
                                                       std::uint32_t uid_validity) {
  auto present = mailbox(name);
  if (!present || !present->selectable) {
    auto created = create_mailbox(name, SpecialUse::none);
    // Somebody else may make it at the same time.
    if (!created && created.error() != StoreError::mailbox_exists) {
      return std::unexpected(created.error());
    }
  }
  return write(
      sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<AdoptedMailbox> {
        sqlite::Database& database = context.database;
        auto row = require_mailbox(database, name);
        if (!row) return std::unexpected(row.error());
        AdoptedMailbox adopted;
        auto origin = load_origin(database, row->id);
        if (!origin || origin->source != source || origin->uid_validity != uid_validity) {
          origin = MailboxOrigin{.source = std::string(source), .uid_validity = uid_validity};
          begin_origin(database, *row, *origin);
        }
        adopted.origin = *std::move(origin);
        adopted.info = describe_mailbox(database, *row);
        adopted.keeps_uids = row->uid_validity == uid_validity;
        return adopted;
      });
}

StoreResult<MailboxOrigin> AccountImpl::origin(MailboxId mailbox) {
  return read([&](sqlite::Database& database) -> StoreResult<MailboxOrigin> {
    return load_origin(database, mailbox).value_or(MailboxOrigin{});
  });
}

StoreResult<void> AccountImpl::advance_origin(MailboxId mailbox, Uid uid_next, Modseq modseq) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    auto row = require_mailbox(context.database, mailbox);
    if (!row) return std::unexpected(row.error());
    auto origin = load_origin(context.database, mailbox);
    if (!origin) return {};
    origin->uid_next = std::max(origin->uid_next, uid_next);
    origin->modseq = std::max(origin->modseq, modseq);
    save_origin(context.database, mailbox, *origin);
    const std::uint32_t next = origin->uid_next.value;
    const bool keeps_uids = row->uid_validity == origin->uid_validity;
    if (keeps_uids && next > row->uid_next && next <= kMaxKeptUid) {
      row->uid_next = next;
      save_mailbox(context.database, *row);
    }
    return {};
  });
}

StoreResult<std::vector<std::pair<Uid, Uid>>> AccountImpl::moved_uids(MailboxId mailbox) {
  using Pairs = std::vector<std::pair<Uid, Uid>>;
  return read([&](sqlite::Database& database) -> StoreResult<Pairs> {
    Pairs pairs;
    sqlite::Query query = database.query(kMoved, mailbox.value);
    while (query.step()) pairs.emplace_back(uid_of(query.integer(0)), uid_of(query.integer(1)));
    return pairs;
  });
}

StoreResult<MissingUids> AccountImpl::missing_uids(MailboxId mailbox) {
  return read([&](sqlite::Database& database) -> StoreResult<MissingUids> {
    MissingUids missing;
    sqlite::Query query = database.query(kMissingUids, mailbox.value);
    while (query.step()) {
      UidSet& uids = query.integer(2) != 0 ? missing.told : missing.untold;
      uids.add({uid_of(query.integer(0)).value, uid_of(query.integer(1)).value});
    }
    return missing;
  });
}

StoreResult<void> AccountImpl::change_missing(MailboxId mailbox, const MissingUids& more,
                                              const UidSet& gone) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    if (auto row = require_mailbox(context.database, mailbox); !row) {
      return std::unexpected(row.error());
    }
    store::forget_missing(context.database, mailbox, gone);
    store::note_missing(context.database, mailbox, more.untold, false);
    store::note_missing(context.database, mailbox, more.told, true);
    return {};
  });
}

StoreResult<void> AccountImpl::finish_origins(std::span<const MailboxId> mailboxes) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    for (const MailboxId mailbox : mailboxes) context.database.run(kFinishOrigin, mailbox.value);
    return {};
  });
}

StoreResult<std::vector<std::pair<Uid, std::string>>> AccountImpl::pop3_ids(MailboxId mailbox) {
  using Ids = std::vector<std::pair<Uid, std::string>>;
  return read([&](sqlite::Database& database) -> StoreResult<Ids> {
    Ids ids;
    sqlite::Query query = database.query(kIds, mailbox.value);
    while (query.step()) ids.emplace_back(uid_of(query.integer(0)), query.text(1));
    return ids;
  });
}

StoreResult<std::size_t> AccountImpl::set_pop3_ids(
    MailboxId mailbox, std::span<const std::pair<Uid, std::string>> ids) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<std::size_t> {
    sqlite::Database& database = context.database;
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    std::size_t kept = 0;
    for (const auto& [uid, id] : ids) {
      if (!database.query(kHasMessage, mailbox.value, uid.value).step()) continue;
      if (database.query(kHasId, mailbox.value, uid.value, std::string_view(id)).step()) {
        ++kept;
        continue;
      }
      if (!is_pop3_id(id)) continue;
      drop_pop3_ids(database, mailbox, {uid.value, uid.value});
      if (keep_pop3_id(database, *row, uid, id)) ++kept;
    }
    return kept;
  });
}

}  // namespace mailkeep::store
