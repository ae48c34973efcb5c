#include "store/message_keys.h"

#include <algorithm>
#include <cstring>
#include <ranges>

#include "mime/base_subject.h"
#include "mime/header_reader.h"
#include "mime/text/ascii.h"
#include "mime/text/encoded_word.h"

namespace mailkeep::store {

namespace {

using Sent = std::optional<std::pair<std::int64_t, std::int32_t>>;

constexpr const char* kInsertKeys = R"sql(
INSERT INTO message_key (message_id, thread_id, sent_seconds, sent_zone, keys)
VALUES (?1, ?2, ?3, ?4, ?5))sql";
constexpr const char* kReadKeys =
    R"sql(SELECT thread_id, keys FROM message_key WHERE message_id = ?1)sql";
constexpr const char* kDeleteKeys = R"sql(DELETE FROM message_key WHERE message_id = ?1)sql";
constexpr const char* kThreadOfReference =
    R"sql(SELECT thread_id FROM thread_reference WHERE hash = ?1)sql";
constexpr const char* kUse = R"sql(
INSERT INTO thread_reference (hash, thread_id, uses) VALUES (?1, ?2, 1)
ON CONFLICT (hash) DO UPDATE SET uses = uses + 1)sql";
constexpr const char* kUnuse =
    R"sql(UPDATE thread_reference SET uses = uses - 1 WHERE hash = ?1)sql";
constexpr const char* kDeleteUnused =
    R"sql(DELETE FROM thread_reference WHERE hash = ?1 AND uses <= 0)sql";

constexpr std::size_t kMaxReferencesBytes = 64 * 1024;
constexpr unsigned char kReplyBit = 1;

// Cut to what is kept, between two characters.
std::string_view cut(std::string_view text) {
  if (text.size() <= kMaxSortKeyBytes) return text;
  std::size_t end = kMaxSortKeyBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string sort_form(Comparator comparator, std::string_view text) {
  return std::string(cut(comparable_form(comparator, text)));
}

std::string mailbox_key(Comparator comparator, const std::vector<mime::Address>& list) {
  if (list.empty() || !list.front().mailbox) return {};
  return sort_form(comparator, *list.front().mailbox);
}

// RFC 5957 3
std::string display_key(Comparator comparator, const std::vector<mime::Address>& list) {
  if (list.empty()) return {};
  const mime::Address& first = list.front();
  if (first.name && !first.name->empty()) {
    return sort_form(comparator, mime::decode_header_text(*first.name));
  }
  if (!first.mailbox) return {};
  std::string text(*first.mailbox);
  if (first.host) text.append("@").append(*first.host);
  return sort_form(comparator, text);
}

// The next message id of `text`, without its angle brackets, quotes and folding; RFC 5256 3 wants
// "<a@b>" and "<"a"@b>" to be the same. Empty at the end.
std::string next_message_id(std::string_view& text) {
  while (true) {
    const std::size_t begin = text.find('<');
    const std::size_t end = text.find('>', begin == std::string_view::npos ? 0 : begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return {};
    const std::string_view inner = text.substr(begin + 1, end - begin - 1);
    text.remove_prefix(end + 1);
    std::string id;
    for (char octet : inner.substr(inner.rfind('<') + 1)) {
      const bool passed_over = octet == '"' || octet == '\\' || octet == ' ' || octet == '\t' ||
                               octet == '\r' || octet == '\n';
      if (!passed_over) id += octet;
    }
    if (id.find('@') != std::string::npos) return id;
  }
}

std::vector<std::uint64_t> read_references(std::string_view head, const mime::Envelope& envelope) {
  std::vector<std::uint64_t> hashes;
  if (auto field = mime::find_field(head, "References")) {
    std::string_view text = field->value.substr(0, kMaxReferencesBytes);
    for (std::string id = next_message_id(text); !id.empty(); id = next_message_id(text)) {
      hashes.push_back(hash_message_id(id));
    }
  }
  if (hashes.empty() && envelope.in_reply_to) {
    std::string_view text = *envelope.in_reply_to;
    if (std::string id = next_message_id(text); !id.empty()) hashes.push_back(hash_message_id(id));
  }
  if (hashes.size() > kMaxReferences) {
    hashes.erase(hashes.begin() + 1, hashes.end() - (kMaxReferences - 1));
  }
  return hashes;
}

void put_number(std::uint64_t number, std::size_t octets, std::string& out) {
  for (std::size_t i = 0; i < octets; ++i) out += static_cast<char>(number >> (8 * i));
}

void put_text(const std::string& text, std::string& out) {
  put_number(text.size(), 2, out);
  out += text;
}

// Takes packed values from the front; remembers that one was missing.
class Unpacker {
 public:
  explicit Unpacker(std::string_view packed) : rest_(packed) {}

  std::uint64_t number(std::size_t octets) {
    std::uint64_t value = 0;
    const std::string_view bytes = take(octets);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return value;
  }
  std::string_view text() { return take(static_cast<std::size_t>(number(2))); }
  bool is_whole() const { return whole_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t octets) {
    if (octets > rest_.size()) {
      whole_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, octets);
    rest_.remove_prefix(octets);
    return taken;
  }

  std::string_view rest_;
  bool whole_ = true;
};

// Each id that the message has or names, once.
std::vector<std::uint64_t> mentions(const MessageKeys& keys) {
  std::vector<std::uint64_t> hashes = keys.references;
  if (keys.message_id != 0) hashes.push_back(keys.message_id);
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

std::optional<ThreadId> find_thread(sqlite::Database& database, const MessageKeys& keys) {
  auto look_up = [&](std::uint64_t hash) -> std::optional<ThreadId> {
    sqlite::Query query = database.query(kThreadOfReference, hash);
    if (!query.step()) return std::nullopt;
    return ThreadId{query.integer(0)};
  };
  if (keys.message_id != 0) {
    if (auto thread = look_up(keys.message_id)) return thread;
  }
  for (const std::uint64_t hash : std::views::reverse(keys.references)) {
    if (auto thread = look_up(hash)) return thread;
  }
  return std::nullopt;
}

void write_keys(sqlite::Database& database, MessageId message, ThreadId thread,
                const MessageKeys& keys, const Sent& sent) {
  if (sent) {
    database.run(kInsertKeys, message.value, thread.value, sent->first, sent->second,
                 sqlite::Blob{keys.packed});
  } else {
    database.run(kInsertKeys, message.value, thread.value, sqlite::Null{}, sqlite::Null{},
                 sqlite::Blob{keys.packed});
  }
  for (std::uint64_t hash : mentions(keys)) database.run(kUse, hash, thread.value);
}

}  // namespace

std::uint64_t hash_message_id(std::string_view id) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (char octet : id) {
    hash = (hash ^ static_cast<unsigned char>(octet)) * 0x100000001b3ULL;
  }
  return hash == 0 ? 1 : hash;
}

MessageKeys make_message_keys(const mime::Structure& structure, std::string_view head,
                              Comparator comparator) {
  static const mime::Envelope kNone;
  const mime::Part& root = structure.root();
  const mime::Envelope& envelope = root.envelope ? *root.envelope : kNone;
  MessageKeys keys;
  if (envelope.message_id) {
    std::string_view text = *envelope.message_id;
    if (std::string id = next_message_id(text); !id.empty()) keys.message_id = hash_message_id(id);
  }
  keys.references = read_references(head, envelope);
  const mime::BaseSubject subject = mime::base_subject(envelope.subject.value_or(""));

  std::string& packed = keys.packed;
  packed += static_cast<char>(subject.reply_or_forward ? kReplyBit : 0);
  put_number(keys.message_id, 8, packed);
  put_number(keys.references.size(), 2, packed);
  for (std::uint64_t hash : keys.references) put_number(hash, 8, packed);
  put_text(mailbox_key(comparator, envelope.from), packed);
  put_text(mailbox_key(comparator, envelope.to), packed);
  put_text(mailbox_key(comparator, envelope.cc), packed);
  put_text(sort_form(comparator, subject.text), packed);
  put_text(display_key(comparator, envelope.from), packed);
  put_text(display_key(comparator, envelope.to), packed);
  return keys;
}

bool unpack_message_keys(std::string_view packed, SortKeys& keys,
                         std::vector<std::uint64_t>& references) {
  Unpacker unpacker(packed);
  keys.is_reply = (unpacker.number(1) & kReplyBit) != 0;
  keys.message_id = unpacker.number(8);
  for (std::uint64_t left = unpacker.number(2); left > 0; --left) {
    references.push_back(unpacker.number(8));
  }
  keys.from = unpacker.text();
  keys.to = unpacker.text();
  keys.cc = unpacker.text();
  keys.subject = unpacker.text();
  keys.display_from = unpacker.text();
  keys.display_to = unpacker.text();
  return unpacker.is_whole();
}

std::optional<std::vector<std::uint64_t>> mentioned_ids(std::string_view packed) {
  MessageKeys keys;
  SortKeys kept;
  if (!unpack_message_keys(packed, kept, keys.references)) return std::nullopt;
  keys.message_id = kept.message_id;
  return mentions(keys);
}

void insert_message_keys(sqlite::Database& database, MessageId message, const MessageKeys& keys,
                         Sent sent) {
  const ThreadId thread = find_thread(database, keys).value_or(ThreadId{message.value});
  write_keys(database, message, thread, keys, sent);
}

void delete_message_keys(sqlite::Database& database, MessageId message) {
  std::vector<std::uint64_t> hashes;
  {
    sqlite::Query query = database.query(kReadKeys, message.value);
    if (!query.step()) return;
    if (auto mentioned = mentioned_ids(query.blob(1))) hashes = *std::move(mentioned);
  }
  for (std::uint64_t hash : hashes) {
    database.run(kUnuse, hash);
    database.run(kDeleteUnused, hash);
  }
  database.run(kDeleteKeys, message.value);
}

void renew_message_keys(sqlite::Database& database, MessageId message, const MessageKeys& keys,
                        Sent sent) {
  std::optional<ThreadId> thread;
  {
    sqlite::Query query = database.query(kReadKeys, message.value);
    if (query.step()) thread = ThreadId{query.integer(0)};
  }
  delete_message_keys(database, message);
  if (!thread) thread = find_thread(database, keys).value_or(ThreadId{message.value});
  write_keys(database, message, *thread, keys, sent);
}

}  // namespace mailkeep::store
