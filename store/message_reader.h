// The octets of kept messages, out of the caller's read transaction: header and frames as one
// string of octets. Remembers the last message's header and the last frame, so that reading on
// costs no second decoding. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/account.h"
#include "store/sqlite/database.h"
#include "store/types.h"

namespace mailkeep::store {

// The first eight columns of a query as a row: uid, message, flags, modseq, size, internal date,
// its zone, save date.
MessageRow read_message_row(const sqlite::Query& query);

class MessageReader {
 public:
  explicit MessageReader(sqlite::Database& database) : database_(database) {}

  // The message whose octets are asked for; `size` is that of its row.
  void select(MessageId message, std::uint64_t size);
  // Takes the kept head from who has read it already; the view must stay until the next select().
  void provide_head(std::uint64_t header_size, std::string_view head);

  // The octets that are kept apart from the frames: the header, up to 1 MiB. Valid until the next
  // select().
  std::string_view head() {
    load_head();
    return head_;
  }
  // The whole header with its blank line. Valid until the next call.
  std::string_view header();
  // Appends octets [offset, offset + length), as far as they exist, to `out`. Throws sqlite::Error
  // of kind damaged where the content is incomplete.
  void read(std::uint64_t offset, std::uint64_t length, std::string& out);

 private:
  void load_head();
  void read_frame(std::uint64_t frame, std::size_t from, std::size_t to, std::string& out);

  sqlite::Database& database_;
  MessageId message_{0};
  std::uint64_t size_ = 0;

  std::optional<sqlite::Query> head_query_;
  bool has_head_ = false;
  std::uint64_t header_size_ = 0;
  std::string_view head_;
  std::string long_header_;

  std::int64_t frame_id_ = -1;  // of frame_
  std::string frame_;
};

}  // namespace mailkeep::store
