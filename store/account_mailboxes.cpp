// Mailboxes by name: LIST, STATUS, CREATE, DELETE, RENAME, SUBSCRIBE.
#include <algorithm>
#include <unordered_set>

#include "store/account_impl.h"
#include "store/mailbox_name.h"
#include "store/message_change.h"
#include "store/object_id.h"
#include "store/origin_row.h"
#include "store/quota_check.h"
#include "store/removed_row.h"

namespace mailkeep::store {

namespace {

constexpr const char* kSubscribe = R"sql(INSERT OR IGNORE INTO subscription (name) VALUES (?1))sql";
constexpr const char* kUnsubscribe = R"sql(DELETE FROM subscription WHERE name = ?1)sql";
constexpr const char* kIsSubscribed = R"sql(SELECT 1 FROM subscription WHERE name = ?1)sql";
// full scan: it is the list of all subscriptions
constexpr const char* kSubscriptions = R"sql(SELECT name FROM subscription)sql";

// full scan: there are few mailboxes, and this counts them all
constexpr const char* kCountMailboxes = R"sql(SELECT count(*) FROM mailbox)sql";
// '0' follows '/': these are the names that begin with ?1 and '/'.
constexpr const char* kHasChildren =
    R"sql(SELECT 1 FROM mailbox WHERE name > ?1 || '/' AND name < ?1 || '0' LIMIT 1)sql";
constexpr const char* kChildren =
    R"sql(SELECT id, name FROM mailbox WHERE name > ?1 || '/' AND name < ?1 || '0')sql";
constexpr const char* kRename = R"sql(UPDATE mailbox SET name = ?2 WHERE id = ?1)sql";
constexpr const char* kDeleteMailbox = R"sql(DELETE FROM mailbox WHERE id = ?1)sql";
constexpr const char* kDeleteKeywords = R"sql(DELETE FROM keyword WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteChanged = R"sql(DELETE FROM changed WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteExpunged = R"sql(DELETE FROM expunged WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteAnnotations = R"sql(DELETE FROM annotation WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteUrlKeys = R"sql(DELETE FROM url_key WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteAccess = R"sql(DELETE FROM access WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteSeenOfMailbox =
    R"sql(DELETE FROM reader_seen WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteReaderChanged =
    R"sql(DELETE FROM reader_changed WHERE mailbox_id = ?1)sql";
constexpr const char* kIdentifiers = R"sql(SELECT identifier FROM access WHERE mailbox_id = ?1)sql";
constexpr const char* kInheritAccess = R"sql(
INSERT INTO access (mailbox_id, identifier, rights)
SELECT ?2, identifier, rights FROM access WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteMessages =
    R"sql(DELETE FROM mailbox_message WHERE mailbox_id = ?1)sql";

const UidSet kAllUids{UidSet::Range{1, 0xffffffffU}};

using EventKind = MailboxEvent::Kind;

void tell(WriteContext& context, EventKind kind, const MailboxRow& row) {
  context.events.push_back(
      {.kind = kind, .mailbox = row.id, .modseq = row.highest_modseq, .name = row.name});
}

// Those with rights of their own to the mailbox.
std::vector<std::string> identifiers_of(sqlite::Database& database, MailboxId mailbox) {
  std::vector<std::string> identifiers;
  sqlite::Query query = database.query(kIdentifiers, mailbox.value);
  while (query.step()) {
    if (!query.text(0).starts_with('-')) identifiers.emplace_back(query.text(0));
  }
  return identifiers;
}

bool exists(sqlite::Database& database, const char* sql, std::string_view name) {
  return database.query(sql, name).step();
}

// The row and all that hangs on it, but for what can be restored.
void erase_mailbox(WriteContext& context, const MailboxRow& row) {
  sqlite::Database& database = context.database;
  if (has_removed(database, row.id)) {
    keep_removed_mailbox(database, row, current_time());
  } else {
    database.run(kDeleteKeywords, row.id.value);
  }
  for (const char* sql :
       {kDeleteMessages, kDeleteChanged, kDeleteExpunged, kDeleteAnnotations, kDeleteUrlKeys,
        kDeleteAccess, kDeleteSeenOfMailbox, kDeleteReaderChanged, kDeleteMailbox}) {
    database.run(sql, row.id.value);
  }
  erase_origin(database, row.id);
  context.touched.push_back({row.id, Modseq{0}});
}

// A new mailbox, with the rights to the one above it.
MailboxRow add_mailbox(WriteContext& context, std::string_view name, SpecialUse use) {
  sqlite::Database& database = context.database;
  MailboxRow row = insert_mailbox(database, name, use, true);
  const std::vector<std::string> parents = parents_of(name);
  if (!parents.empty()) {
    if (auto parent = load_mailbox(database, parents.back())) {
      database.run(kInheritAccess, parent->id.value, row.id.value);
    }
  }
  context.touched.push_back({row.id, row.highest_modseq});
  tell(context, EventKind::created, row);
  return row;
}

// `name` and its missing parents, in the caller's transaction. A \NoSelect mailbox gives way to a
// new one.
StoreResult<MailboxRow> make_mailbox(WriteContext& context, std::string_view name, SpecialUse use,
                                     std::uint32_t limit) {
  sqlite::Database& database = context.database;
  auto present = load_mailbox(database, name);
  if (present && present->selectable) return std::unexpected(StoreError::mailbox_exists);
  std::vector<std::string> missing;
  for (std::string& parent : parents_of(name)) {
    if (!load_mailbox(database, parent)) missing.push_back(std::move(parent));
  }
  sqlite::Query count = database.query(kCountMailboxes);
  count.step();
  const auto have = static_cast<std::uint64_t>(count.integer(0));
  if (have + missing.size() + (present ? 0 : 1) > limit) {
    return std::unexpected(StoreError::too_many_mailboxes);
  }
  if (is_over_quota(database,
                    {.bytes = 0, .messages = 0, .mailboxes = missing.size() + (present ? 0 : 1)})) {
    return std::unexpected(StoreError::over_quota);
  }
  for (const std::string& parent : missing) add_mailbox(context, parent, SpecialUse::none);
  if (present) erase_mailbox(context, *present);
  return add_mailbox(context, name, use);
}

// RFC 9051 6.3.6: "Renaming INBOX is permitted and does not result in a tagged BAD response, and it
// has special behavior: It moves all messages".
void move_all(WriteContext& context, MailboxRow& from, MailboxRow& to) {
  sqlite::Database& database = context.database;
  // The new mailbox gets the same keywords in the same places, so that flags need no translation.
  FlagSet names{.system = 0, .keywords = load_keywords(database, from.id)};
  if (auto added = resolve_flags(database, to, names, true); !added) {
    throw sqlite::Error(sqlite::ErrorKind::damaged, "INBOX has impossible keywords.");
  }
  const std::vector<StoredRow> rows = load_rows(database, from.id, kAllUids);
  const std::int64_t now = current_time();
  if (!rows.empty()) {
    const Modseq modseq = take_modseq(to);
    for (const StoredRow& row : rows) insert_row(database, to, row, modseq, now);
    remove_rows(database, from, rows, take_modseq(from));
  }
  save_mailbox(database, from);
  save_mailbox(database, to);
  context.touched.push_back({from.id, from.highest_modseq});
  context.touched.push_back({to.id, to.highest_modseq});
}

StoreResult<void> rename_tree(WriteContext& context, const MailboxRow& row, std::string_view to) {
  sqlite::Database& database = context.database;
  std::vector<std::pair<std::int64_t, std::string>> renamed;
  sqlite::Query children = database.query(kChildren, std::string_view(row.name));
  while (children.step()) {
    std::string name(to);
    name += children.text(1).substr(row.name.size());
    if (name.size() > kMaxMailboxNameBytes) {
      return std::unexpected(StoreError::invalid_mailbox_name);
    }
    renamed.emplace_back(children.integer(0), std::move(name));
  }
  children.reset();
  renamed.emplace(renamed.begin(), row.id.value, to);
  for (const auto& [id, name] : renamed) {
    database.run(kRename, id, std::string_view(name));
    context.events.push_back({.kind = EventKind::renamed,
                              .mailbox = MailboxId{id},
                              .name = name,
                              .old_name = row.name + name.substr(to.size())});
  }
  return {};
}

}  // namespace

MailboxInfo AccountImpl::describe_mailbox(sqlite::Database& database, const MailboxRow& row) {
  MailboxInfo info;
  info.id = row.id;
  info.object_id = object_id(id_, row.id);
  info.name = row.name;
  info.uid_validity = row.uid_validity;
  info.uid_next.value = static_cast<std::uint32_t>(std::min<std::uint64_t>(row.uid_next, ~0U));
  info.highest_modseq = row.highest_modseq;
  info.messages = row.messages;
  info.unseen = row.unseen;
  info.deleted = row.deleted;
  info.deleted_bytes = row.deleted_bytes;
  info.size_bytes = row.size_bytes;
  info.first_recent = states_->first_recent(row.id, row.first_recent);
  info.special_use = row.special_use;
  info.selectable = row.selectable;
  info.keywords = keywords_of(database, row);
  return info;
}

StoreResult<std::vector<MailboxInfo>> AccountImpl::mailboxes() {
  return read([&](sqlite::Database& database) -> StoreResult<std::vector<MailboxInfo>> {
    std::unordered_set<std::string> subscribed;
    sqlite::Query query = database.query(kSubscriptions);
    while (query.step()) subscribed.emplace(query.text(0));
    std::vector<MailboxInfo> list;
    for (const MailboxRow& row : load_mailboxes(database)) {
      MailboxInfo& info = list.emplace_back(describe_mailbox(database, row));
      info.subscribed = subscribed.contains(row.name);
    }
    std::ranges::sort(list, [](const MailboxInfo& left, const MailboxInfo& right) {
      return listed_before(left.name, right.name);
    });
    for (std::size_t i = 1; i < list.size(); ++i) {
      list[i - 1].has_children = is_below(list[i].name, list[i - 1].name);
    }
    return list;
  });
}

StoreResult<MailboxInfo> AccountImpl::mailbox(MailboxId mailbox) {
  return read([&](sqlite::Database& database) -> StoreResult<MailboxInfo> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    MailboxInfo info = describe_mailbox(database, *row);
    info.subscribed = exists(database, kIsSubscribed, row->name);
    info.has_children = exists(database, kHasChildren, row->name);
    return info;
  });
}

StoreResult<MailboxInfo> AccountImpl::mailbox(std::string_view name) {
  auto kept_name = normalize_mailbox_name(name);
  if (!kept_name) return std::unexpected(StoreError::no_such_mailbox);
  return read([&](sqlite::Database& database) -> StoreResult<MailboxInfo> {
    auto row = load_mailbox(database, *kept_name);
    if (!row) return std::unexpected(StoreError::no_such_mailbox);
    MailboxInfo info = describe_mailbox(database, *row);
    info.subscribed = exists(database, kIsSubscribed, *kept_name);
    info.has_children = exists(database, kHasChildren, *kept_name);
    return info;
  });
}

// New mailboxes have inherited rights: the directory learns of them before they are committed.
void AccountImpl::share_created(WriteContext& context) {
  for (const MailboxEvent& event : context.events) {
    if (event.kind != EventKind::created) continue;
    for (const std::string& identifier : identifiers_of(context.database, event.mailbox)) {
      settings_->on_share(id_, event.mailbox, identifier, true);
    }
  }
}

StoreResult<MailboxInfo> AccountImpl::create_mailbox(std::string_view name, SpecialUse use) {
  auto kept_name = normalize_mailbox_name(name);
  if (!kept_name) return std::unexpected(kept_name.error());
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<MailboxInfo> {
    auto row = make_mailbox(context, *kept_name, use, settings_->options.max_mailboxes);
    if (!row) return std::unexpected(row.error());
    share_created(context);
    MailboxInfo info = describe_mailbox(context.database, *row);
    info.subscribed = exists(context.database, kIsSubscribed, *kept_name);
    info.has_children = exists(context.database, kHasChildren, *kept_name);
    return info;
  });
}

StoreResult<void> AccountImpl::delete_mailbox(std::string_view name) {
  auto kept_name = normalize_mailbox_name(name);
  if (!kept_name) return std::unexpected(StoreError::no_such_mailbox);
  if (*kept_name == kInbox) return std::unexpected(StoreError::cannot_change_inbox);
  MailboxId deleted{0};
  std::vector<std::string> readers;
  auto remove = [&](WriteContext& context) -> StoreResult<void> {
    auto row = load_mailbox(context.database, *kept_name);
    if (!row) return std::unexpected(StoreError::no_such_mailbox);
    deleted = row->id;
    readers = identifiers_of(context.database, row->id);
    const bool has_children = exists(context.database, kHasChildren, *kept_name);
    if (has_children && !row->selectable) {
      return std::unexpected(StoreError::mailbox_has_children);
    }
    release_rows(context.database, row->id, load_rows(context.database, row->id, kAllUids));
    erase_mailbox(context, *row);
    tell(context, EventKind::deleted, *row);
    // A new id, so that nobody takes it for the mailbox that was there.
    if (has_children) insert_mailbox(context.database, *kept_name, SpecialUse::none, false);
    return {};
  };
  auto result = write(sqlite::Durability::disk, 0, remove);
  if (!result) return result;
  for (const std::string& reader : readers) settings_->on_share(id_, deleted, reader, false);
  return result;
}

StoreResult<void> AccountImpl::rename_mailbox(std::string_view from, std::string_view to) {
  auto old_name = normalize_mailbox_name(from);
  if (!old_name) return std::unexpected(StoreError::no_such_mailbox);
  auto new_name = normalize_mailbox_name(to);
  if (!new_name) return std::unexpected(new_name.error());
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    sqlite::Database& database = context.database;
    auto row = load_mailbox(database, *old_name);
    if (!row) return std::unexpected(StoreError::no_such_mailbox);
    if (load_mailbox(database, *new_name)) return std::unexpected(StoreError::mailbox_exists);
    if (*old_name == kInbox) {
      auto target =
          make_mailbox(context, *new_name, SpecialUse::none, settings_->options.max_mailboxes);
      if (!target) return std::unexpected(target.error());
      share_created(context);
      move_all(context, *row, *target);
      return {};
    }
    if (is_below(*new_name, *old_name)) return std::unexpected(StoreError::invalid_mailbox_name);
    // The new place's parents come to be as with CREATE (RFC 9051 6.3.6).
    const std::vector<std::string> parents = parents_of(*new_name);
    if (!parents.empty() && !load_mailbox(database, parents.back())) {
      auto parent =
          make_mailbox(context, parents.back(), SpecialUse::none, settings_->options.max_mailboxes);
      if (!parent) return std::unexpected(parent.error());
      share_created(context);
    }
    return rename_tree(context, *row, *new_name);
  });
}

StoreResult<void> AccountImpl::set_special_use(std::string_view name, SpecialUse use) {
  auto kept_name = normalize_mailbox_name(name);
  if (!kept_name) return std::unexpected(StoreError::no_such_mailbox);
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    auto row = require_mailbox(context.database, *kept_name);
    if (!row) return std::unexpected(row.error());
    row->special_use = use;
    save_mailbox(context.database, *row);
    tell(context, EventKind::attributes, *row);
    return {};
  });
}

StoreResult<void> AccountImpl::subscribe(std::string_view name, bool subscribed) {
  auto kept_name = normalize_mailbox_name(name);
  if (!kept_name) return std::unexpected(kept_name.error());
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    context.database.run(subscribed ? kSubscribe : kUnsubscribe, std::string_view(*kept_name));
    auto row = load_mailbox(context.database, *kept_name);
    context.events.push_back({.kind = EventKind::subscription,
                              .mailbox = row ? row->id : MailboxId{0},
                              .name = *kept_name,
                              .subscribed = subscribed});
    return {};
  });
}

StoreResult<std::vector<std::string>> AccountImpl::subscriptions() {
  return read([&](sqlite::Database& database) -> StoreResult<std::vector<std::string>> {
    std::vector<std::string> names;
    sqlite::Query query = database.query(kSubscriptions);
    while (query.step()) names.emplace_back(query.text(0));
    std::ranges::sort(names, listed_before);
    return names;
  });
}

}  // namespace mailkeep::store
