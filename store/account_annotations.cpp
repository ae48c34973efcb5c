// METADATA: annotations of mailboxes and of the account.
#include <algorithm>

#include "mime/text/ascii.h"
#include "store/account_impl.h"

namespace mailkeep::store {

namespace {

constexpr const char* kOne = R"sql(
SELECT entry, length(value), value FROM annotation
WHERE mailbox_id = ?1 AND reader = ?2 AND entry = ?3)sql";
// '0' follows '/': these are the entries below ?3.
constexpr const char* kBelow = R"sql(
SELECT entry, length(value), value FROM annotation
WHERE mailbox_id = ?1 AND reader = ?2 AND entry > ?3 || '/' AND entry < ?3 || '0')sql";
constexpr const char* kSetAnnotation = R"sql(
INSERT INTO annotation (mailbox_id, reader, entry, value) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (mailbox_id, reader, entry) DO UPDATE SET value = excluded.value)sql";
constexpr const char* kDeleteAnnotation = R"sql(
DELETE FROM annotation WHERE mailbox_id = ?1 AND reader = ?2 AND entry = ?3)sql";
// full scan: counts all annotations, of which there are no more than kMaxAnnotations
constexpr const char* kCountAnnotations = R"sql(SELECT count(*) FROM annotation)sql";

constexpr std::string_view kPrivateRoot = "/private";
constexpr std::string_view kSharedRoot = "/shared";

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& octet : lower) {
    if (octet >= 'A' && octet <= 'Z') octet = static_cast<char>(octet - 'A' + 'a');
  }
  return lower;
}

// RFC 5464 3.2: components, none empty, of ASCII without wildcards and controls. The two roots are
// names to ask by only.
StoreResult<std::string> normalize_entry(std::string_view entry, bool may_be_root) {
  std::string name = lower_case(entry);
  auto is_forbidden = [](char octet) {
    return octet <= ' ' || octet >= 0x7f || octet == '*' || octet == '%';
  };
  const std::string_view root = name.starts_with(kPrivateRoot) ? kPrivateRoot : kSharedRoot;
  const bool is_valid = name.starts_with(root) && name.size() <= kMaxAnnotationNameBytes &&
                        (name.size() == root.size() ? may_be_root : name[root.size()] == '/') &&
                        !name.ends_with('/') && name.find("//") == std::string::npos &&
                        std::ranges::none_of(name, is_forbidden);
  if (!is_valid) return std::unexpected(StoreError::invalid_annotation);
  return name;
}

std::string_view owner_of(std::string_view entry, std::string_view reader) {
  return entry.starts_with(kPrivateRoot) ? reader : std::string_view();
}

bool mailbox_exists(sqlite::Database& database, MailboxId mailbox) {
  return mailbox.value == 0 || load_mailbox(database, mailbox).has_value();
}

class Collector {
 public:
  explicit Collector(const AnnotationQuery& wanted) : wanted_(wanted) {}

  void take(sqlite::Query query, std::string_view above) {
    while (query.step()) {
      const std::string_view entry = query.text(0);
      const bool is_too_deep = wanted_.depth == AnnotationDepth::one &&
                               entry.size() > above.size() &&
                               entry.find('/', above.size() + 1) != std::string_view::npos;
      if (is_too_deep) continue;
      const auto size = static_cast<std::uint64_t>(query.integer(1));
      if (wanted_.max_bytes && size > *wanted_.max_bytes) {
        found_.longest_left_out = std::max(found_.longest_left_out, size);
        continue;
      }
      found_.entries.push_back({std::string(entry), std::string(query.blob(2))});
    }
  }

  Annotations finish() {
    auto& entries = found_.entries;
    std::ranges::sort(entries, {}, &Annotation::entry);
    entries.erase(std::ranges::unique(entries, {}, &Annotation::entry).begin(), entries.end());
    return std::move(found_);
  }

 private:
  const AnnotationQuery& wanted_;
  Annotations found_;
};

}  // namespace

StoreResult<Annotations> AccountImpl::annotations_of(std::string_view reader, MailboxId mailbox,
                                                     const AnnotationQuery& query) {
  std::vector<std::string> entries;
  for (const std::string& entry : query.entries) {
    auto name = normalize_entry(entry, true);
    if (!name) return std::unexpected(name.error());
    entries.push_back(*std::move(name));
  }
  return read([&](sqlite::Database& database) -> StoreResult<Annotations> {
    if (!mailbox_exists(database, mailbox)) return std::unexpected(StoreError::no_such_mailbox);
    Collector collector(query);
    for (const std::string& entry : entries) {
      const std::string_view owner = owner_of(entry, reader);
      collector.take(database.query(kOne, mailbox.value, owner, std::string_view(entry)), entry);
      if (query.depth == AnnotationDepth::zero) continue;
      collector.take(database.query(kBelow, mailbox.value, owner, std::string_view(entry)), entry);
    }
    return collector.finish();
  });
}

StoreResult<void> AccountImpl::annotate_as(std::string_view reader, MailboxId mailbox,
                                           std::span<const AnnotationChange> changes) {
  std::vector<std::string> entries;
  for (const AnnotationChange& change : changes) {
    auto name = normalize_entry(change.entry, false);
    if (!name) return std::unexpected(name.error());
    if (change.value && change.value->size() > kMaxAnnotationBytes) {
      return std::unexpected(StoreError::annotation_too_big);
    }
    entries.push_back(*std::move(name));
  }
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    sqlite::Database& database = context.database;
    if (!mailbox_exists(database, mailbox)) return std::unexpected(StoreError::no_such_mailbox);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string_view entry = entries[i];
      const std::string_view owner = owner_of(entry, reader);
      if (changes[i].value) {
        database.run(kSetAnnotation, mailbox.value, owner, entry, sqlite::Blob{*changes[i].value});
      } else {
        database.run(kDeleteAnnotation, mailbox.value, owner, entry);
      }
    }
    sqlite::Query count = database.query(kCountAnnotations);
    count.step();
    if (count.integer(0) > static_cast<std::int64_t>(kMaxAnnotations)) {
      return std::unexpected(StoreError::too_many_annotations);
    }
    context.events.push_back({.kind = MailboxEvent::Kind::annotation,
                              .mailbox = mailbox,
                              .entries = entries,
                              .reader = std::string(reader)});
    return {};
  });
}

StoreResult<Annotations> AccountImpl::annotations(MailboxId mailbox, const AnnotationQuery& query) {
  return annotations_of({}, mailbox, query);
}

StoreResult<void> AccountImpl::annotate(MailboxId mailbox,
                                        std::span<const AnnotationChange> changes) {
  return annotate_as({}, mailbox, changes);
}

}  // namespace mailkeep::store
