#include "store/text_indexer.h"

#include <algorithm>

#include "store/account.h"
#include "store/message_reader.h"

namespace mailkeep::store {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kLastToIndex = R"sql(SELECT ifnull(max(id), 0) FROM message)sql";
constexpr const char* kUsed = R"sql(SELECT used_messages FROM account_state WHERE id = 1)sql";
constexpr const char* kHash = R"sql(SELECT hash FROM message WHERE id = ?1)sql";
// full scan: of the limited rows inside
constexpr const char* kCountIndexed =
    R"sql(SELECT count(*) FROM (SELECT 1 FROM message WHERE id > ?1 LIMIT ?2))sql";
constexpr const char* kMessagesToIndex =
    R"sql(SELECT id, size, hash FROM message WHERE id > ?1 ORDER BY id)sql";

constexpr std::size_t kSmallMessages = 32;
constexpr std::size_t kBigMessages = 1024;
// An index with so many more messages than there are is made anew.
constexpr std::uint64_t kMaxGone = 4096;
constexpr std::size_t kTrigramWords = (std::size_t{1} << 24) / 64;

// Gathers the trigrams of the texts of a message, each once.
class TrigramCollector final : public TextVisitor {
 public:
  explicit TrigramCollector(std::vector<std::uint64_t>& met) : met_(met) {}
  ~TrigramCollector() override {
    for (std::uint32_t trigram : trigrams_) met_[trigram / 64] = 0;
  }
  TrigramCollector(const TrigramCollector&) = delete;
  TrigramCollector& operator=(const TrigramCollector&) = delete;

  bool header(std::string_view octets) override {
    append_header_texts(octets, *this);
    return has_enough();
  }
  void begin_text() override { last_ = 0, have_ = 0, field_ = TextField::any; }
  void begin_field(std::string_view name) override {
    begin_text();
    field_ = text_field(name);
  }
  bool text(std::string& folded) override {
    for (char octet : folded) {
      last_ = (last_ << 8 | static_cast<unsigned char>(octet)) & 0xffffff;
      if (++have_ < kMinIndexedNeedle) continue;
      if (field_ != TextField::any) of_fields_.push_back(field_trigram(field_, last_));
      std::uint64_t& word = met_[last_ / 64];
      const std::uint64_t bit = std::uint64_t{1} << (last_ % 64);
      if ((word & bit) != 0) continue;
      word |= bit;
      trigrams_.push_back(last_);
    }
    folded.clear();
    return has_enough();
  }
  // Once, at the end. More than kMaxTrigrams where not everything was looked at.
  std::vector<std::uint32_t> all() {
    if (!has_enough()) {
      std::ranges::sort(of_fields_);
      const auto repeated = std::ranges::unique(of_fields_);
      of_fields_.erase(repeated.begin(), repeated.end());
    }
    of_fields_.insert(of_fields_.end(), trigrams_.begin(), trigrams_.end());
    return std::move(of_fields_);
  }

 private:
  bool has_enough() const {
    return trigrams_.size() + of_fields_.size() > TextSegment::kMaxTrigrams;
  }

  std::vector<std::uint64_t>& met_;
  std::vector<std::uint32_t> trigrams_;
  std::vector<std::uint32_t> of_fields_;
  TextField field_ = TextField::any;
  std::uint32_t last_ = 0;  // three octets
  std::size_t have_ = 0;    // octets of this text
};

std::int64_t single(sqlite::Query query) {
  return query.step() ? query.integer(0) : 0;
}

}  // namespace

// An older state of the account may have been put in place of the one that was indexed, and then
// the same numbers stand for other messages.
bool TextIndexer::is_of_this_account(sqlite::Database& database) const {
  if (state_.indexed_to == 0) return true;
  if (single(database.query(kLastToIndex)) < state_.indexed_to) return false;
  sqlite::Query hash = database.query(kHash, state_.indexed_to);
  return !hash.step() || hash.blob(0) == state_.last_hash;
}

// Decides what to gather next; false: nothing.
bool TextIndexer::begin_segment(sqlite::Database& database) {
  const std::int64_t last = single(database.query(kLastToIndex));
  // No file is made for an account with next to nothing in it.
  if (last < static_cast<std::int64_t>(kSmallMessages)) return false;
  if (!checked_) state_ = index_.state();
  const auto used = static_cast<std::uint64_t>(single(database.query(kUsed)));
  const bool has_too_many = state_.messages > 2 * used + kMaxGone;
  if (has_too_many || (!checked_ && !is_of_this_account(database))) {
    index_.clear();
    state_ = index_.state();
  }
  checked_ = true;
  auto count_after = [&](std::int64_t message, std::size_t limit) {
    return static_cast<std::size_t>(
        single(database.query(kCountIndexed, message, static_cast<std::int64_t>(limit))));
  };
  is_big_ = last - state_.big_to >= static_cast<std::int64_t>(kBigMessages) &&
            count_after(state_.big_to, kBigMessages) == kBigMessages;
  if (!is_big_ && count_after(state_.indexed_to, kSmallMessages) < kSmallMessages) return false;
  segment_.emplace((is_big_ ? state_.big_to : state_.indexed_to) + 1);
  return true;
}

void TextIndexer::index_message(SearchedMessage& message, std::string_view hash) {
  const MessageId id = message.row().message;
  try {
    TrigramCollector collector(met_);
    message.visit_texts(collector, true);
    segment_->add(id, hash, collector.all());
    return;
  } catch (const sqlite::Error& error) {
    if (!error.is_damage()) throw;
  } catch (const std::exception&) {
    // As below: a search finds out, and tells of it.
  }
  segment_->add_unknown(id, hash);
}

bool TextIndexer::run(sqlite::Database& database, Clock::time_point until) {
  if (!segment_ && !begin_segment(database)) {
    met_ = {};
    return false;
  }
  met_.resize(kTrigramWords);
  SearchedMessage message(database, parsing_);
  sqlite::Query query = database.query(kMessagesToIndex, segment_->last());
  const std::size_t wanted = is_big_ ? kBigMessages : kSmallMessages;
  MessageRow row;
  while (segment_->messages() < wanted && !segment_->is_full() && query.step()) {
    row.message.value = query.integer(0);
    row.size = static_cast<std::uint64_t>(query.integer(1));
    message.select(row);
    index_message(message, query.blob(2));
    if (Clock::now() >= until) return true;
  }
  query.reset();
  index_.write(*std::move(segment_), is_big_);
  segment_.reset();
  state_ = index_.state();
  return true;
}

}  // namespace mailkeep::store
