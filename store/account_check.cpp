// Verifies an account: SQLite's own check, counters, references and the hash of every message.
#include <limits>
#include <unordered_map>

#include "store/account_impl.h"
#include "store/message_hash.h"
#include "store/message_keys.h"
#include "store/message_reader.h"

namespace mailkeep::store {

namespace {

constexpr std::size_t kMaxProblems = 1000;
constexpr std::uint64_t kCheckedBytes = 1 << 20;

constexpr const char* kIntegrity = R"sql(PRAGMA integrity_check(100))sql";
// full scan: all of the following read everything, which is what a check is for
constexpr const char* kCounters = R"sql(
SELECT count(*), ifnull(sum(flags & 1 = 0), 0), ifnull(sum(flags & 8 <> 0), 0),
       ifnull(sum(size), 0), ifnull(max(uid), 0), ifnull(max(modseq), 0),
       ifnull(sum(CASE WHEN flags & 8 <> 0 THEN size ELSE 0 END), 0)
FROM mailbox_message WHERE mailbox_id = ?1)sql";
constexpr const char* kStrayRows = R"sql(
SELECT count(*) FROM mailbox_message
WHERE mailbox_id NOT IN (SELECT id FROM mailbox WHERE selectable <> 0))sql";
constexpr const char* kModseqsOfRows = R"sql(
SELECT uid, modseq, EXISTS (
  SELECT 1 FROM changed WHERE changed.mailbox_id = ?1 AND changed.modseq = row.modseq
    AND row.uid BETWEEN first_uid AND last_uid)
FROM mailbox_message AS row WHERE mailbox_id = ?1 ORDER BY uid DESC)sql";
constexpr const char* kCountedReferences =
    R"sql(
SELECT message_id, count(*) FROM (
  SELECT message_id FROM mailbox_message UNION ALL SELECT message_id FROM removed_message)
GROUP BY message_id)sql";
constexpr const char* kSharedContents =
    R"sql(SELECT message_id, reference_count FROM shared_message)sql";
constexpr const char* kMessages = R"sql(SELECT id, size, hash FROM message)sql";
constexpr const char* kIsOrphan = R"sql(
SELECT 1 FROM orphan WHERE first_message <= ?1 AND last_message >= ?1)sql";

constexpr const char* kStrayParts = R"sql(
SELECT 'annotations', count(*) FROM annotation
  WHERE mailbox_id <> 0 AND mailbox_id NOT IN (SELECT id FROM mailbox)
UNION ALL SELECT 'keys of URLs', count(*) FROM url_key
  WHERE mailbox_id NOT IN (SELECT id FROM mailbox)
UNION ALL SELECT 'rights', count(*) FROM access WHERE mailbox_id NOT IN (SELECT id FROM mailbox)
UNION ALL SELECT 'marks of readers', count(*) FROM reader_seen
  WHERE mailbox_id NOT IN (SELECT id FROM mailbox)
UNION ALL SELECT 'marks of readers', count(*) FROM reader_changed
  WHERE mailbox_id NOT IN (SELECT id FROM mailbox)
UNION ALL SELECT 'POP3 ids', count(*) FROM pop3_id
  WHERE (mailbox_id, uid) NOT IN (SELECT mailbox_id, uid FROM mailbox_message)
UNION ALL SELECT 'removed messages', count(*) FROM removed_message
  WHERE mailbox_id NOT IN (SELECT id FROM mailbox UNION SELECT mailbox_id FROM removed_mailbox)
UNION ALL SELECT 'origins', count(*) FROM origin
  WHERE mailbox_id NOT IN (SELECT id FROM mailbox)
UNION ALL SELECT 'missing UIDs', count(*) FROM missing_uid
  WHERE mailbox_id NOT IN (SELECT id FROM mailbox))sql";
constexpr const char* kUsage = R"sql(
SELECT used_bytes, (SELECT ifnull(sum(size_bytes), 0) FROM mailbox),
  used_messages, (SELECT ifnull(sum(messages), 0) FROM mailbox),
  used_mailboxes, (SELECT count(*) FROM mailbox) FROM account_state)sql";
constexpr const char* kWithoutKeys = R"sql(
SELECT count(*) FROM message
WHERE id >= (SELECT keys_from FROM account_state) AND id NOT IN (SELECT message_id FROM message_key)
)sql";
constexpr const char* kKeysVersion = R"sql(SELECT keys_version FROM account_state)sql";
constexpr const char* kCheckedKeys = R"sql(
SELECT keys, message_id IN (SELECT id FROM message UNION SELECT message_id FROM mailbox_message)
FROM message_key)sql";
constexpr const char* kUses = R"sql(SELECT hash, uses FROM thread_reference)sql";

class Checker {
 public:
  Checker(sqlite::Database& database, CheckReport& report) : database_(database), report_(report) {}

  void run() {
    check_file();
    for (const MailboxRow& row : load_mailboxes(database_)) check_mailbox(row);
    sqlite::Query stray = database_.query(kStrayRows);
    if (stray.step() && stray.integer(0) != 0) {
      problem(std::to_string(stray.integer(0)) + " messages are in a mailbox that is not there.");
    }
    check_usage();
    check_keys();
    sqlite::Query parts = database_.query(kStrayParts);
    while (parts.step()) {
      if (parts.integer(1) == 0) continue;
      problem(std::to_string(parts.integer(1)) + " " + std::string(parts.text(0)) +
              " belong to what is not there.");
    }
    load_references();
    check_messages();
    for (const auto& [message, count] : references_) {
      problem("Message " + std::to_string(message) + " is in a mailbox but its content is not " +
              "there.");
    }
  }

  void problem(std::string text) {
    if (report_.problems.size() < kMaxProblems) report_.problems.push_back(std::move(text));
  }

 private:
  void check_file() {
    sqlite::Query query = database_.query(kIntegrity);
    while (query.step()) {
      if (query.text(0) != "ok") problem("SQLite: " + std::string(query.text(0)) + ".");
    }
  }

  void check_mailbox(const MailboxRow& row) {
    ++report_.mailboxes;
    sqlite::Query query = database_.query(kCounters, row.id.value);
    query.step();
    auto compare = [&](const char* what, std::uint64_t kept, int column) {
      const auto found = static_cast<std::uint64_t>(query.integer(column));
      if (kept == found) return;
      problem("Mailbox \"" + row.name + "\": its count of " + what + " is " + std::to_string(kept) +
              ", but there are " + std::to_string(found) + ".");
    };
    compare("messages", row.messages, 0);
    compare("unseen messages", row.unseen, 1);
    compare("deleted messages", row.deleted, 2);
    compare("octets", row.size_bytes, 3);
    compare("deleted octets", row.deleted_bytes, 6);
    if (static_cast<std::uint64_t>(query.integer(4)) >= row.uid_next) {
      problem("Mailbox \"" + row.name + "\" has a UID that is not below its next one.");
    }
    if (static_cast<std::uint64_t>(query.integer(5)) > row.highest_modseq.value) {
      problem("Mailbox \"" + row.name + "\" has a mod-sequence above its highest one.");
    }
    check_modseqs(row);
  }

  // Every change must be found again: see the table `changed`.
  void check_modseqs(const MailboxRow& row) {
    std::int64_t unnoted = 0;
    std::int64_t lowest_above = std::numeric_limits<std::int64_t>::max();
    sqlite::Query query = database_.query(kModseqsOfRows, row.id.value);
    while (query.step()) {
      const std::int64_t modseq = query.integer(1);
      if (modseq > lowest_above && query.integer(2) == 0 &&
          static_cast<std::uint64_t>(modseq) > row.changes_after.value) {
        ++unnoted;
      }
      lowest_above = std::min(lowest_above, modseq);
    }
    if (unnoted == 0) return;
    problem("Mailbox \"" + row.name + "\" has " + std::to_string(unnoted) +
            " changed messages that its list of changes does not have.");
  }

  void check_usage() {
    sqlite::Query query = database_.query(kUsage);
    if (!query.step()) return problem("The account's state is missing.");
    int column = 0;
    for (const char* what : {"octets", "messages", "mailboxes"}) {
      const std::int64_t kept = query.integer(column++);
      const std::int64_t found = query.integer(column++);
      if (kept == found) continue;
      problem("The account's count of " + std::string(what) + " is " + std::to_string(kept) +
              ", but there are " + std::to_string(found) + ".");
    }
  }

  void check_keys() {
    sqlite::Query version = database_.query(kKeysVersion);
    if (!version.step() || version.integer(0) != store::kKeysVersion) return;
    sqlite::Query missing = database_.query(kWithoutKeys);
    if (missing.step() && missing.integer(0) != 0) {
      problem(std::to_string(missing.integer(0)) + " messages have no sort keys.");
    }
    std::unordered_map<std::uint64_t, std::int64_t> uses;
    std::int64_t stray = 0;
    sqlite::Query keys = database_.query(kCheckedKeys);
    while (keys.step()) {
      if (keys.integer(1) == 0) ++stray;
      auto hashes = mentioned_ids(keys.blob(0));
      if (!hashes) {
        problem("The sort keys of a message are damaged.");
        continue;
      }
      for (std::uint64_t hash : *hashes) ++uses[hash];
    }
    if (stray != 0) problem(std::to_string(stray) + " sort keys belong to no message.");
    sqlite::Query kept = database_.query(kUses);
    while (kept.step()) uses[static_cast<std::uint64_t>(kept.integer(0))] -= kept.integer(1);
    std::erase_if(uses, [](const auto& use) { return use.second == 0; });
    if (!uses.empty()) {
      problem(std::to_string(uses.size()) + " message ids are counted wrongly.");
    }
  }

  void load_references() {
    sqlite::Query query = database_.query(kCountedReferences);
    while (query.step()) references_[query.integer(0)] = query.integer(1);
    std::unordered_map<std::int64_t, std::int64_t> shared;
    sqlite::Query kept = database_.query(kSharedContents);
    while (kept.step()) shared[kept.integer(0)] = kept.integer(1);
    for (const auto& [message, count] : references_) {
      auto place = shared.find(message);
      const std::int64_t known = place == shared.end() ? 1 : place->second;
      if (place != shared.end()) shared.erase(place);
      if (known == count) continue;
      problem("Message " + std::to_string(message) + " is in " + std::to_string(count) +
              " places, but " + std::to_string(known) + " are counted.");
    }
    for (const auto& [message, count] : shared) {
      problem("Message " + std::to_string(message) + " is counted " + std::to_string(count) +
              " times, but is nowhere.");
    }
  }

  void check_messages() {
    MessageReader reader(database_);
    sqlite::Query query = database_.query(kMessages);
    while (query.step()) {
      const std::int64_t id = query.integer(0);
      if (references_.erase(id) == 0 && !database_.query(kIsOrphan, id).step()) {
        problem("Message " + std::to_string(id) + " is in no mailbox and not to be purged.");
      }
      ++report_.messages;
      check_content(reader, MessageId{id}, static_cast<std::uint64_t>(query.integer(1)),
                    query.blob(2));
    }
  }

  void check_content(MessageReader& reader, MessageId id, std::uint64_t size,
                     std::string_view kept_hash) {
    try {
      reader.select(id, size);
      MessageHash hash;
      for (std::uint64_t offset = 0; offset < size; offset += octets_.size()) {
        octets_.clear();
        reader.read(offset, kCheckedBytes, octets_);
        hash.update(octets_);
      }
      if (hash.finish() != kept_hash) {
        problem("The content of message " + std::to_string(id.value) + " has another hash.");
      }
    } catch (const sqlite::Error& error) {
      if (!error.is_damage()) throw;
      problem(error.what());
    }
  }

  sqlite::Database& database_;
  CheckReport& report_;
  std::unordered_map<std::int64_t, std::int64_t> references_;  // not yet met among the messages
  std::string octets_;
};

}  // namespace

StoreResult<CheckReport> AccountImpl::check() {
  return read([&](sqlite::Database& database) -> StoreResult<CheckReport> {
    CheckReport report;
    Checker checker(database, report);
    try {
      checker.run();
    } catch (const sqlite::Error& error) {
      if (!error.is_damage()) throw;
      checker.problem(error.what());
    }
    return report;
  });
}

}  // namespace mailkeep::store
