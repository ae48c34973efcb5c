// Sort and thread keys: reading them, and making those of messages that came before there were any.
#include <algorithm>

#include "store/account_impl.h"
#include "store/message_keys.h"
#include "store/message_reader.h"
#include "store/sort_table_builder.h"
#include "store/structure_maker.h"

namespace mailkeep::store {

namespace {

constexpr const char* kKeysState =
    R"sql(SELECT keys_version, keys_from FROM account_state WHERE id = 1)sql";
constexpr const char* kSaveKeysState =
    R"sql(UPDATE account_state SET keys_version = ?1, keys_from = ?2 WHERE id = 1)sql";
constexpr const char* kMissing = R"sql(
SELECT id, size, structure_version, structure FROM message
WHERE id < ?1 ORDER BY id DESC LIMIT ?2)sql";
constexpr const char* kLastMessage = R"sql(SELECT ifnull(max(id), 0) FROM message)sql";
constexpr const char* kThreadOfKeys =
    R"sql(SELECT thread_id FROM message_key WHERE message_id = ?1)sql";
constexpr const char* kRowsAndKeys = R"sql(
SELECT uid, thread_id, internal_date, sent_seconds, save_date, size, keys
FROM mailbox_message LEFT JOIN message_key
  ON message_key.message_id = mailbox_message.message_id
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid)sql";

// The same with the structure, for the texts of another comparator.
constexpr const char* kStructureRows = R"sql(
SELECT uid, thread_id, internal_date, message_key.sent_seconds, save_date, message.size, message.id,
  structure_version, structure
FROM mailbox_message JOIN message ON message.id = mailbox_message.message_id
LEFT JOIN message_key ON message_key.message_id = mailbox_message.message_id
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid)sql";

// The keys of a whole mailbox are kept where at least one of so many of its messages is asked for.
constexpr std::uint64_t kKeptShare = 4;
constexpr int kBatch = 200;  // messages in one transaction
constexpr std::uint64_t kHeaderBytes = 256 * 1024;

// `column`: where the structure's version stands in the row; the structure follows.
mime::Structure read_structure(MessageReader& reader, const sqlite::Query& query, int column,
                               std::uint64_t size, const Parsing& parsing) {
  if (query.integer(column) == mime::kParserVersion) {
    if (auto kept = mime::deserialize(query.blob(column + 1))) return *std::move(kept);
  }
  StructureMaker maker(parsing);
  std::string octets;
  for (std::uint64_t offset = 0; offset < size; offset += octets.size()) {
    octets.clear();
    reader.read(offset, kHeaderBytes, octets);
    maker.feed(octets);
  }
  return maker.finish();
}

struct KeysState {
  std::int64_t from = 0;
  bool is_saved = true;
};

KeysState load_state(sqlite::Database& database) {
  sqlite::Query query = database.query(kKeysState);
  if (!query.step()) throw sqlite::Error(sqlite::ErrorKind::damaged, "account_state has no row");
  if (query.integer(0) == kKeysVersion) return {query.integer(1), true};
  sqlite::Query last = database.query(kLastMessage);
  last.step();
  return {last.integer(0) + 1, false};
}

struct MadeKeys {
  MessageKeys keys;
  std::optional<std::pair<std::int64_t, std::int32_t>> sent;
};

MadeKeys make_keys(mime::Structure structure, std::string_view head, const Parsing& parsing,
                   Comparator comparator) {
  MadeKeys made;
  const StructureRecord record = StructureMaker::record_of(structure, parsing);
  if (record.sent) made.sent.emplace(record.sent->seconds, record.sent->zone_minutes);
  made.keys = StructureMaker::keys_of(structure, head, parsing, comparator);
  return made;
}

// Those of an opaque message where it is damaged: it alone is sorted as if it said nothing.
MadeKeys read_keys(MessageReader& reader, const sqlite::Query& query, int column,
                   std::uint64_t size, const Parsing& parsing, Comparator comparator) {
  try {
    return make_keys(read_structure(reader, query, column, size, parsing), reader.head(), parsing,
                     comparator);
  } catch (const sqlite::Error& error) {
    if (!error.is_damage()) throw;
  }
  return make_keys(mime::opaque_structure(size, 0, mime::DefectKind::handling_failed), {}, parsing,
                   comparator);
}

// Keys of up to kBatch messages below `from`; returns from where on all have theirs.
std::int64_t add_keys(sqlite::Database& database, std::int64_t from, const Parsing& parsing) {
  MessageReader reader(database);
  int count = 0;
  sqlite::Query query = database.query(kMissing, from, kBatch);
  while (query.step()) {
    ++count;
    from = query.integer(0);
    const MessageId id{from};
    const auto size = static_cast<std::uint64_t>(query.integer(1));
    reader.select(id, size);
    const MadeKeys made = read_keys(reader, query, 2, size, parsing, Comparator::unicode_casemap);
    renew_message_keys(database, id, made.keys, made.sent);
  }
  return count < kBatch ? 0 : from;
}

}  // namespace

// Texts for another comparator are not kept: they are made from the structures.
StoreResult<SortTable> AccountImpl::compared_keys(MailboxId mailbox, const UidSet& uids,
                                                  Comparator comparator) {
  return read([&](sqlite::Database& database) -> StoreResult<SortTable> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    SortTableBuilder builder(SortDetail::everything);
    MessageReader reader(database);
    sqlite::Query rows = database.query(kStructureRows);
    for (const UidSet::Range& range : uids.ranges()) {
      rows.bind(mailbox.value, range.first, range.last);
      while (rows.step()) {
        const auto size = static_cast<std::uint64_t>(rows.integer(5));
        reader.select(MessageId{rows.integer(6)}, size);
        builder.add(rows, read_keys(reader, rows, 7, size, parsing(), comparator).keys.packed);
      }
    }
    return builder.finish();
  });
}

// What is kept of a mailbox stays true: keys never change, and UIDs are used once. Only messages
// that came or went since must be found.
StoreResult<SortTable> AccountImpl::sort_keys(MailboxId mailbox, const UidSet& uids,
                                              SortDetail detail, Comparator comparator) {
  if (auto complete = complete_keys(); !complete) return std::unexpected(complete.error());
  if (detail == SortDetail::everything && comparator != Comparator::unicode_casemap) {
    return compared_keys(mailbox, uids, comparator);
  }
  return read([&](sqlite::Database& database) -> StoreResult<SortTable> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    const std::shared_ptr<const UidMap> present = uids_of(database, *row);
    const UidSet wanted = present->intersection(uids);
    std::optional<SortTable> kept = settings_->sort_tables->find(this, mailbox, detail);
    const Uid last = kept && !kept->rows().empty() ? kept->rows().back().uid : Uid{0};
    const bool is_known = kept && (wanted.empty() || wanted.ranges().back().last <= last.value);
    if (is_known) return kept->select(wanted);
    const bool is_worth_keeping = kept || wanted.size() * kKeptShare >= present->size();
    SortTableBuilder builder(detail);
    if (kept) builder.copy(*kept, present->all());
    const UidSet read = is_worth_keeping ? present->all() : wanted;
    sqlite::Query rows = database.query(kRowsAndKeys);
    for (const UidSet::Range& range : read.ranges()) {
      if (range.last <= last.value) continue;
      rows.bind(mailbox.value, std::max(range.first, last.value + 1), range.last);
      while (rows.step()) builder.add(rows);
    }
    SortTable table = builder.finish();
    if (!is_worth_keeping) return table;
    settings_->sort_tables->keep(this, mailbox, detail, table);
    return table.select(wanted);
  });
}

ThreadId AccountImpl::thread_of(MessageId message) {
  // Where this is refused, the message is a conversation of its own for now.
  ThreadId thread{message.value};
  if (!complete_keys()) return thread;
  auto result = read([&](sqlite::Database& database) -> StoreResult<void> {
    sqlite::Query query = database.query(kThreadOfKeys, message.value);
    if (query.step()) thread.value = query.integer(0);
    return {};
  });
  static_cast<void>(result);
  return thread;
}

StoreResult<void> AccountImpl::complete_keys() {
  while (!keys_complete_) {
    if (auto more = add_missing_keys(); !more) return std::unexpected(more.error());
  }
  return {};
}

// One batch; returns whether there are more.
StoreResult<bool> AccountImpl::add_missing_keys() {
  auto is_complete = read(
      [](sqlite::Database& database) -> StoreResult<bool> {
        const KeysState state = load_state(database);
        return state.from == 0 && state.is_saved;
      },
      AccountFile::Purpose::care);
  if (!is_complete) return std::unexpected(is_complete.error());
  if (*is_complete) {
    keys_complete_ = true;
    return false;
  }
  auto more =
      write(sqlite::Durability::process, 0, [this](WriteContext& context) -> StoreResult<bool> {
        const std::int64_t from =
            add_keys(context.database, load_state(context.database).from, parsing());
        context.database.run(kSaveKeysState, kKeysVersion, from);
        return from != 0;
      });
  if (more && !*more) keys_complete_ = true;
  return more;
}

}  // namespace mailkeep::store
