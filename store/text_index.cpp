#include "store/text_index.h"

#include <algorithm>
#include <filesystem>

#include "mime/text/ascii.h"
#include "store/schema/schema.h"
#include "store/sqlite/transaction.h"

namespace mailkeep::store {

namespace {

// full scan: it is the list of all segments, of a thousand messages each
constexpr const char* kSegments = R"sql(
SELECT first_message, last_message, messages, is_big, last_hash FROM segment
ORDER BY first_message)sql";
constexpr const char* kPosting =
    R"sql(SELECT messages FROM posting WHERE segment = ?1 AND trigram = ?2)sql";
constexpr const char* kInsertSegment = R"sql(
INSERT INTO segment (first_message, last_message, messages, is_big, last_hash)
VALUES (?1, ?2, ?3, ?4, ?5))sql";
constexpr const char* kInsertPosting =
    R"sql(INSERT INTO posting (segment, trigram, messages) VALUES (?1, ?2, ?3))sql";
constexpr const char* kDeleteSegments = R"sql(DELETE FROM segment WHERE first_message >= ?1)sql";
constexpr const char* kDeletePostings = R"sql(DELETE FROM posting WHERE segment >= ?1)sql";

constexpr std::int32_t kAnyTrigram = -1;
// More trigrams of a needle make the answer hardly smaller.
constexpr std::size_t kMaxAsked = 24;
constexpr sqlite::DatabaseOptions kIndexOptions{.cache_kibibytes = 1024};

using Offsets = std::vector<std::uint32_t>;

void put_difference(std::uint32_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

Offsets read_offsets(std::string_view packed) {
  Offsets offsets;
  std::uint32_t last = 0;
  std::uint32_t value = 0;
  unsigned shift = 0;
  for (char octet : packed) {
    const auto bits = static_cast<unsigned char>(octet);
    if (shift < 32) value |= std::uint32_t{bits & 0x7fU} << shift;
    shift += 7;
    if ((bits & 0x80) != 0) continue;
    last += value;
    offsets.push_back(last);
    value = 0;
    shift = 0;
  }
  return offsets;
}

Offsets load_offsets(sqlite::Database& database, std::int64_t segment, std::int32_t trigram) {
  sqlite::Query query = database.query(kPosting, segment, trigram);
  return query.step() ? read_offsets(query.blob(0)) : Offsets{};
}

std::vector<std::int32_t> trigrams_of(std::string_view folded, TextField field) {
  std::vector<std::int32_t> trigrams;
  for (std::size_t i = 0; i + kMinIndexedNeedle <= folded.size(); ++i) {
    std::uint32_t octets = 0;
    for (char octet : folded.substr(i, kMinIndexedNeedle)) {
      octets = octets << 8 | static_cast<unsigned char>(octet);
    }
    trigrams.push_back(static_cast<std::int32_t>(field_trigram(field, octets)));
  }
  std::ranges::sort(trigrams);
  trigrams.erase(std::unique(trigrams.begin(), trigrams.end()), trigrams.end());
  if (trigrams.size() <= kMaxAsked) return trigrams;
  std::vector<std::int32_t> some;
  some.reserve(kMaxAsked);
  for (std::size_t i = 0; i < kMaxAsked; ++i) {
    some.push_back(trigrams[i * trigrams.size() / kMaxAsked]);
  }
  return some;
}

// Messages of one segment that have all trigrams, or too many to say.
Offsets find_in_segment(sqlite::Database& database, std::int64_t segment,
                        const std::vector<std::int32_t>& trigrams) {
  Offsets found = load_offsets(database, segment, trigrams.front());
  for (std::size_t i = 1; i < trigrams.size() && !found.empty(); ++i) {
    const Offsets with = load_offsets(database, segment, trigrams[i]);
    Offsets both;
    std::ranges::set_intersection(found, with, std::back_inserter(both));
    found = std::move(both);
  }
  const Offsets any = load_offsets(database, segment, kAnyTrigram);
  if (any.empty()) return found;
  Offsets all;
  std::ranges::set_union(found, any, std::back_inserter(all));
  return all;
}

}  // namespace

bool TextCandidates::may_hold(MessageId message) const {
  return message.value > indexed_to || std::ranges::binary_search(messages, message.value);
}

void TextSegment::add(MessageId message, std::string_view hash,
                      const std::vector<std::uint32_t>& trigrams) {
  if (trigrams.size() > kMaxTrigrams) return add_unknown(message, hash);
  for (std::uint32_t trigram : trigrams) {
    entries_.emplace_back(static_cast<std::int32_t>(trigram), offset_of(message));
  }
  end_message(message, hash);
}

void TextSegment::add_unknown(MessageId message, std::string_view hash) {
  entries_.emplace_back(kAnyTrigram, offset_of(message));
  end_message(message, hash);
}

void TextSegment::end_message(MessageId message, std::string_view hash) {
  last_ = message.value;
  last_hash_ = hash;
  ++messages_;
}

// Makes the file where there is none, and anew where it is damaged or of another program's version.
sqlite::Database& TextIndex::writer() {
  if (writer_ != nullptr) return *writer_;
  auto make = [&] {
    auto made = std::make_unique<sqlite::Database>(file_, sqlite::Open::create, kIndexOptions);
    made->set_durability(sqlite::Durability::process);
    migrate(*made, index_schema(), SchemaState::any);
    return made;
  };
  try {
    writer_ = make();
  } catch (const std::exception&) {
    const std::lock_guard lock(read_mutex_);
    remove_file();
    writer_ = make();
  }
  return *writer_;
}

// Null where the writer has not made the file yet, or not brought it up to date.
sqlite::Database* TextIndex::reader() {
  if (reader_ != nullptr) return reader_.get();
  if (!std::filesystem::exists(file_)) return nullptr;
  auto opened = std::make_unique<sqlite::Database>(file_, sqlite::Open::existing, kIndexOptions);
  const auto newest = static_cast<std::int64_t>(index_schema().size());
  if (opened->integer("PRAGMA user_version") != newest) return nullptr;
  reader_ = std::move(opened);
  return reader_.get();
}

void TextIndex::remove_file() {
  reader_.reset();
  writer_.reset();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(file_ + suffix, ignored);
  }
}

TextField text_field(std::string_view name) {
  constexpr std::pair<std::string_view, TextField> kFields[] = {{"Subject", TextField::subject},
                                                                {"From", TextField::from},
                                                                {"To", TextField::to},
                                                                {"Cc", TextField::cc}};
  for (const auto& [known, field] : kFields) {
    if (mime::equal_ignoring_case(name, known)) return field;
  }
  return TextField::any;
}

std::optional<TextCandidates> TextIndex::candidates(std::string_view folded, TextField field) {
  const std::vector<std::int32_t> trigrams = trigrams_of(folded, field);
  if (trigrams.empty()) return std::nullopt;
  std::lock_guard lock(read_mutex_);
  try {
    sqlite::Database* const database = reader();
    if (database == nullptr) return std::nullopt;
    sqlite::Transaction transaction(*database, sqlite::Transaction::Kind::read);
    TextCandidates found;
    sqlite::Query segments = database->query(kSegments);
    while (segments.step()) {
      const std::int64_t first = segments.integer(0);
      found.indexed_to = segments.integer(1);
      for (std::uint32_t offset : find_in_segment(*database, first, trigrams)) {
        found.messages.push_back(first - 1 + offset);
      }
    }
    return found;
  } catch (const sqlite::Error&) {
    reader_.reset();
    return std::nullopt;  // everything is looked into; the indexer makes the file anew
  }
}

TextIndex::State TextIndex::state() {
  std::lock_guard lock(write_mutex_);
  State state;
  sqlite::Query segments = writer().query(kSegments);
  while (segments.step()) {
    state.indexed_to = segments.integer(1);
    if (segments.integer(3) != 0) state.big_to = segments.integer(1);
    state.messages += static_cast<std::uint64_t>(segments.integer(2));
    state.last_hash = segments.blob(4);
  }
  return state;
}

void TextIndex::write(TextSegment segment, bool is_big) {
  std::ranges::sort(segment.entries_);
  std::lock_guard lock(write_mutex_);
  sqlite::Database& database = writer();
  sqlite::Transaction transaction(database, sqlite::Transaction::Kind::write);
  database.run(kDeleteSegments, segment.first_);
  database.run(kDeletePostings, segment.first_);
  database.run(kInsertSegment, segment.first_, segment.last_,
               static_cast<std::int64_t>(segment.messages_), is_big,
               sqlite::Blob{segment.last_hash_});
  std::string packed;
  const auto& entries = segment.entries_;
  for (auto entry = entries.begin(); entry != entries.end();) {
    const std::int32_t trigram = entry->first;
    std::uint32_t last = 0;
    packed.clear();
    for (; entry != entries.end() && entry->first == trigram; ++entry) {
      put_difference(entry->second - last, packed);
      last = entry->second;
    }
    database.run(kInsertPosting, segment.first_, trigram, sqlite::Blob{packed});
  }
  transaction.commit();
  database.checkpoint();
}

void TextIndex::clear() {
  std::scoped_lock lock(write_mutex_, read_mutex_);
  remove_file();
}

void TextIndex::close() {
  std::scoped_lock lock(write_mutex_, read_mutex_);
  reader_.reset();
  writer_.reset();
}

}  // namespace mailkeep::store
