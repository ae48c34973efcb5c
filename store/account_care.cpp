// The account's part of Store::maintain, and what the leader of a group does beside the writes.
#include <algorithm>

#include "store/account_impl.h"
#include "store/message_change.h"
#include "store/message_keys.h"

namespace mailkeep::store {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kRaiseRecent = R"sql(
UPDATE mailbox SET first_recent = ?2 WHERE id = ?1 AND first_recent < ?2)sql";

constexpr const char* kWriteStructure = R"sql(
UPDATE message SET structure_version = ?2, structure = ?3, sent_seconds = ?4, sent_zone = ?5
WHERE id = ?1)sql";
constexpr const char* kWritePreview = R"sql(
INSERT OR REPLACE INTO preview (message_id, version, text)
SELECT id, ?2, ?3 FROM message WHERE id = ?1)sql";
constexpr const char* kWriteHeaderSize =
    R"sql(UPDATE header SET size = ?2 WHERE message_id = ?1)sql";

// full scan: there are few mailboxes
constexpr const char* kModseqs = R"sql(SELECT id, highest_modseq FROM mailbox)sql";

// The newest message stays, as its id is what the next id is made from.
// full scan: orphans are few, as a range of messages is one
constexpr const char* kOrphans = R"sql(
SELECT first_message, min(last_message, (SELECT max(id) FROM message) - 1), last_message
FROM orphan WHERE since <= ?1)sql";
constexpr const char* kDeleteContent =
    R"sql(DELETE FROM content WHERE id BETWEEN ?1 * 65536 AND ?1 * 65536 + 65535)sql";
constexpr const char* kDeleteHeader = R"sql(DELETE FROM header WHERE message_id = ?1)sql";
constexpr const char* kDeletePreview = R"sql(DELETE FROM preview WHERE message_id = ?1)sql";
constexpr const char* kDeleteMessage = R"sql(DELETE FROM message WHERE id = ?1)sql";
constexpr const char* kShrinkOrphan =
    R"sql(UPDATE orphan SET first_message = ?2 WHERE first_message = ?1)sql";
constexpr const char* kDeleteOrphan = R"sql(DELETE FROM orphan WHERE first_message = ?1)sql";

// The log is copied into the database when it has grown to this; large enough that pages which
// change with every message are copied seldom, small enough that nobody waits long for it.
constexpr std::uint64_t kAccountLogBytes = 8 << 20;
constexpr auto kSettleAfter = std::chrono::seconds(2);
constexpr int kPurgeBatch = 100;  // messages in one transaction
constexpr auto kPurgeTime = std::chrono::milliseconds(50);
// A file whose last change is this recent may change again without its time showing it.
constexpr auto kStampGrain = std::chrono::milliseconds(20);
constexpr std::size_t kMaxKeptStructures = 1000;  // and previews

// Deletes the content of up to kPurgeBatch orphans. Returns whether there may be more.
bool purge_batch(sqlite::Database& database, std::int64_t since) {
  sqlite::Query orphans = database.query(kOrphans, since);
  int left = kPurgeBatch;
  while (left > 0) {
    if (!orphans.step()) return false;
    const std::int64_t first = orphans.integer(0);
    const std::int64_t last = orphans.integer(1);
    const std::int64_t last_of_range = orphans.integer(2);
    std::int64_t id = first;
    for (; id <= last && left > 0; ++id, --left) {
      database.run(kDeleteContent, id);
      database.run(kDeleteHeader, id);
      database.run(kDeletePreview, id);
      delete_message_keys(database, MessageId{id});
      database.run(kDeleteMessage, id);
    }
    if (id == first) continue;  // only the newest message
    orphans.reset();
    if (id > last_of_range) {
      database.run(kDeleteOrphan, first);
    } else {
      database.run(kShrinkOrphan, first, id);
    }
    orphans = database.query(kOrphans, since);
  }
  return true;
}

}  // namespace

void AccountImpl::before_commit(sqlite::Database& database) {
  // What \Recent marks there are goes along; it costs no commit of its own.
  recent_in_group_ = states_->unwritten_recent();
  for (const auto& [mailbox, recent] : recent_in_group_) {
    database.run(kRaiseRecent, mailbox.value, recent.value);
  }
}

void AccountImpl::committed(sqlite::Durability durability, std::span<const TouchedMailbox> touched,
                            std::span<const MailboxEvent> events) {
  if (durability == sqlite::Durability::process) unsynced_ = true;
  states_->settle_recent(recent_in_group_);
  if (!touched.empty()) texts_due_ = true;
  states_->announce(touched, events);
}

void AccountImpl::after_group(sqlite::Database& database) {
  if (database.log_bytes() >= kAccountLogBytes) database.checkpoint();
}

void AccountImpl::keep_structure(MessageId message, StructureRecord record) {
  std::lock_guard lock(structures_mutex_);
  if (structures_.size() < kMaxKeptStructures) structures_[message] = std::move(record);
}

void AccountImpl::write_structures() {
  std::map<MessageId, StructureRecord> structures;
  {
    std::lock_guard lock(structures_mutex_);
    structures.swap(structures_);
  }
  if (structures.empty()) return;
  auto result =
      write(sqlite::Durability::process, 0, [&](WriteContext& context) -> StoreResult<void> {
        constexpr std::int64_t kVersion = mime::kParserVersion;
        for (const auto& [id, record] : structures) {
          sqlite::Blob bytes{record.serialized};
          if (record.sent) {
            context.database.run(kWriteStructure, id.value, kVersion, bytes, record.sent->seconds,
                                 record.sent->zone_minutes);
          } else {
            context.database.run(kWriteStructure, id.value, kVersion, bytes, sqlite::Null{},
                                 sqlite::Null{});
          }
          context.database.run(kWriteHeaderSize, id.value, record.header_size);
        }
        return {};
      });
  static_cast<void>(result);  // not written: computed again at the next need
}

void AccountImpl::keep_preview(MessageId message, std::string text) {
  std::lock_guard lock(structures_mutex_);
  if (previews_.size() < kMaxKeptStructures) previews_[message] = std::move(text);
}

void AccountImpl::write_previews() {
  std::map<MessageId, std::string> previews;
  {
    std::lock_guard lock(structures_mutex_);
    previews.swap(previews_);
  }
  if (previews.empty()) return;
  auto result =
      write(sqlite::Durability::process, 0, [&](WriteContext& context) -> StoreResult<void> {
        for (const auto& [id, text] : previews) {
          context.database.run(kWritePreview, id.value, kPreviewState, std::string_view(text));
        }
        return {};
      });
  static_cast<void>(result);  // not written: made again at the next need
}

void AccountImpl::write_recent() {
  if (states_->unwritten_recent().empty()) return;
  // The marks go along with any write, and so with this empty one.
  auto result =
      write(sqlite::Durability::process, 0, [](WriteContext&) -> StoreResult<void> { return {}; });
  static_cast<void>(result);  // an account that is gone or damaged has no \Recent to keep
}

// Other processes (an import beside the server) write to the same file: who watches is told of it.
void AccountImpl::notice_foreign_commits() {
  if (!states_->has_watchers()) return;
  const AccountFile::Stamp stamp = file_.stamp();
  {
    std::lock_guard lock(stamp_mutex_);
    if (stamp == stamp_) return;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto age =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() - stamp.changed_ns;
  auto learn_all = [&](sqlite::Database& database) -> StoreResult<void> {
    sqlite::Query query = database.query(kModseqs);
    while (query.step()) {
      states_->learn(MailboxId{query.integer(0)},
                     Modseq{static_cast<std::uint64_t>(query.integer(1))});
    }
    return {};
  };
  auto result = read(learn_all, AccountFile::Purpose::care);
  static_cast<void>(result);  // a damaged account is told of where somebody uses it
  if (age > std::chrono::nanoseconds(kStampGrain).count()) {
    std::lock_guard lock(stamp_mutex_);
    stamp_ = stamp;
  }
}

void AccountImpl::expect_purge() {
  purge_due_ = (Clock::now() + settings_->options.purge_after).time_since_epoch().count();
}

void AccountImpl::purge() {
  const auto begin = Clock::now();
  auto due = purge_due_.load();
  if (begin.time_since_epoch().count() < due) return;
  const std::int64_t since = current_time() - settings_->options.purge_after.count();
  auto look = [&](sqlite::Database& database) -> StoreResult<bool> {
    sqlite::Query orphans = database.query(kOrphans, since);
    while (orphans.step()) {
      if (orphans.integer(0) <= orphans.integer(1)) return true;
    }
    return false;
  };
  auto has_orphans = read(look, AccountFile::Purpose::care);
  bool more = has_orphans && *has_orphans;
  while (more && Clock::now() - begin < kPurgeTime) {
    auto result =
        write(sqlite::Durability::process, 0, [&](WriteContext& context) -> StoreResult<bool> {
          return purge_batch(context.database, since);
        });
    more = result && *result;
  }
  // Left alone where another expunge came meanwhile.
  if (!more) purge_due_.compare_exchange_strong(due, kNoPurge);
}

void AccountImpl::maintain() {
  // Another process removed the account, or put another file in its place.
  if (!removed_ && !file_.is_current()) remove();
  if (removed_) {
    file_.close();
    return;
  }
  sync_flags();
  write_structures();
  write_previews();
  if (!file_.is_open()) write_recent();
  notice_foreign_commits();
  purge();
  if (!file_.is_open()) return;
  retain();
  if (!keys_complete_) {
    auto more = add_missing_keys();
    static_cast<void>(more);  // a damaged account is told of where somebody uses it
  }
  const bool idle = Clock::now() - file_.last_used() >= kSettleAfter;
  if (idle && !settled_) file_.release_memory();
  settled_ = idle;
}

bool AccountImpl::index_texts(std::chrono::steady_clock::time_point until) {
  indexing_ = indexing_ && file_.is_open();
  if (!settings_->options.text_index || !texts_due_ || !file_.is_open()) return false;
  std::unique_lock lock(indexer_mutex_, std::try_to_lock);
  if (!lock) return true;
  try {
    auto more = read(
        [&](sqlite::Database& database) -> StoreResult<bool> {
          if (indexer_ == nullptr) indexer_ = std::make_unique<TextIndexer>(index_, parsing());
          // What comes from here on makes it due again.
          texts_due_ = false;
          return indexer_->run(database, until);
        },
        AccountFile::Purpose::care);
    indexing_ = more && *more;
    if (indexing_) texts_due_ = true;
    return indexing_;
  } catch (const sqlite::Error&) {
    // The index cannot be written, or its file is damaged.
    indexer_.reset();
    index_.clear();
    texts_due_ = true;
    indexing_ = false;
    return false;
  }
}

void AccountImpl::sync_flags() {
  if (!unsynced_.exchange(false)) return;
  try {
    file_.sync_log();
  } catch (...) {
    unsynced_ = true;
    throw;
  }
}

bool AccountImpl::has_work() const {
  return !removed_ && (purge_due_ != kNoPurge || unsynced_ || !states_->unwritten_recent().empty());
}

void AccountImpl::close() {
  if (!removed_) {
    try {
      write_structures();
      write_previews();
      write_recent();
      sync_flags();
    } catch (const std::exception&) {
      // Closing matters more; what failed is tried again by maintain().
    }
  }
  evict();
}

bool AccountImpl::evict() {
  std::lock_guard lock(stamp_mutex_);
  const bool known = file_.stamp() == stamp_;
  if (!file_.close()) return false;
  index_.close();
  if (std::unique_lock indexer_lock(indexer_mutex_, std::try_to_lock); indexer_lock) {
    indexer_.reset();
  }
  // Closing copies the log into the database, which is no news.
  if (known) stamp_ = file_.stamp();
  return true;
}

}  // namespace mailkeep::store
