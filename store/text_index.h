// An index of the texts of an account's messages that keeps IMAP's substring meaning: for each
// message the trigrams (three octets in a row) that its folded texts have. A needle can only be in
// messages that have all of its trigrams; who asks looks into those. The header fields that clients
// search most have trigrams of their own beside, as few messages have them there.
//
// Derived data in a file of its own: it may be deleted at any time, and is made again when it is
// missing, damaged, or of another account's state. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/sqlite/database.h"
#include "store/types.h"

namespace mailkeep::store {

// Needles of fewer octets have no trigram.
inline constexpr std::size_t kMinIndexedNeedle = 3;

// Where a text stands.
enum class TextField : std::uint8_t { any, subject, from, to, cc };
// That of a header field's name; `any` for those that have no trigrams of their own.
TextField text_field(std::string_view name);

// A trigram of three octets as it is kept for a field.
constexpr std::uint32_t field_trigram(TextField field, std::uint32_t octets) {
  return static_cast<std::uint32_t>(field) << 24 | octets;
}

// The messages that may hold a needle. Those above `indexed_to` are not known to the index.
struct TextCandidates {
  std::int64_t indexed_to = 0;
  std::vector<std::int64_t> messages;  // ascending
  bool may_hold(MessageId message) const;
};

// Trigrams of some messages, to be written together. Messages come in ascending order.
class TextSegment {
 public:
  // Messages with more trigrams than this are found by every needle.
  static constexpr std::size_t kMaxTrigrams = 64 * 1024;
  static constexpr std::size_t kMaxEntries = 2 << 20;

  explicit TextSegment(std::int64_t first) : first_(first), last_(first - 1) {}

  void add(MessageId message, std::string_view hash, const std::vector<std::uint32_t>& trigrams);
  // One whose texts are not known: found by every needle.
  void add_unknown(MessageId message, std::string_view hash);
  bool is_full() const { return entries_.size() >= kMaxEntries; }
  std::size_t messages() const { return messages_; }
  std::int64_t first() const { return first_; }
  std::int64_t last() const { return last_; }

 private:
  friend class TextIndex;
  std::uint32_t offset_of(MessageId message) const {
    return static_cast<std::uint32_t>(message.value - first_ + 1);
  }
  void end_message(MessageId message, std::string_view hash);

  std::int64_t first_;  // what it covers begins here
  std::int64_t last_;
  std::size_t messages_ = 0;
  std::string last_hash_;
  // The trigram above, the message's distance from first_ below; sorted when it is written.
  std::vector<std::pair<std::int32_t, std::uint32_t>> entries_;
};

class TextIndex {
 public:
  explicit TextIndex(std::string file) : file_(std::move(file)) {}

  // Nothing where there is no index, or the needle (folded) is too short for one.
  std::optional<TextCandidates> candidates(std::string_view folded, TextField field);

  struct State {
    std::int64_t indexed_to = 0;  // all messages up to here are in a segment
    std::int64_t big_to = 0;      // and up to here in a big one
    std::uint64_t messages = 0;   // in all segments; some may be gone meanwhile
    std::string last_hash;        // of the message indexed_to
  };
  State state();
  // Writes a segment in the place of those from its first message on: it is the last one then.
  void write(TextSegment segment, bool is_big);
  // Forgets everything.
  void clear();
  // Gives the file's handles back.
  void close();

 private:
  sqlite::Database& writer();  // under write_mutex_
  sqlite::Database* reader();  // under read_mutex_
  void remove_file();          // under both

  const std::string file_;
  std::mutex read_mutex_;
  std::mutex write_mutex_;  // before read_mutex_
  std::unique_ptr<sqlite::Database> reader_;
  std::unique_ptr<sqlite::Database> writer_;
};

}  // namespace mailkeep::store
