// What SORT and THREAD compare (RFC 5256 3, RFC 5957), kept since a message arrived.
//
// Texts are UTF-8 in a comparator's form, cut to kMaxSortKeyBytes, and empty where the message has
// none. Message-IDs are 64-bit hashes: equal ones are taken for the same id.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/types.h"

namespace mailkeep::store {

inline constexpr std::size_t kMaxSortKeyBytes = 1000;
// References that are kept of a message: its first one and its last ones.
inline constexpr std::size_t kMaxReferences = 100;

struct SortKeys {
  Uid uid;
  ThreadId thread;
  std::int64_t arrival = 0;    // INTERNALDATE, seconds since 1970
  std::int64_t sent = 0;       // RFC 5256 2.2: the Date field, else arrival
  std::int64_t save_date = 0;  // seconds since 1970
  std::uint64_t size = 0;
  std::string_view from;  // addr-mailbox of the first address, as of `to` and `cc`
  std::string_view to;
  std::string_view cc;
  std::string_view subject;       // base subject
  std::string_view display_from;  // RFC 5957 3
  std::string_view display_to;
  bool is_reply = false;         // something that marks a reply or forward was taken off `subject`
  std::uint64_t message_id = 0;  // 0: none
  // Oldest first: References, or the first id of In-Reply-To where there is none (RFC 5256 3).
  std::span<const std::uint64_t> references;
};

enum class SortDetail : std::uint8_t {
  dates,  // uid, arrival, sent, save_date, size, thread
  everything,
};

// The rows of some messages in the order of their UIDs. Cheap to copy; what the rows point to lives
// as long as any copy.
class SortTable {
 public:
  std::span<const SortKeys> rows() const { return selected_ ? *selected_ : storage_->rows; }

  // The rows of `uids`.
  SortTable select(const UidSet& uids) const;

  // What it holds, with what it shares.
  std::size_t bytes() const;

 private:
  friend class SortTableBuilder;
  struct Storage {
    std::vector<SortKeys> rows;
    std::vector<std::uint64_t> references;
    std::vector<char> text;
  };

  explicit SortTable(std::shared_ptr<const Storage> storage) : storage_(std::move(storage)) {}

  std::shared_ptr<const Storage> storage_;
  std::shared_ptr<const std::vector<SortKeys>> selected_;
};

}  // namespace mailkeep::store
