#include "store/message_reader.h"

#include <algorithm>

#include "store/content_frame.h"
#include "store/message_upload.h"

namespace mailkeep::store {

namespace {

constexpr const char* kHead = R"sql(SELECT size, data FROM header WHERE message_id = ?1)sql";
constexpr const char* kFrame = R"sql(SELECT codec, data FROM content WHERE id = ?1)sql";

}  // namespace

MessageRow read_message_row(const sqlite::Query& query) {
  MessageRow row;
  row.uid.value = static_cast<std::uint32_t>(query.integer(0));
  row.message.value = query.integer(1);
  row.flags = static_cast<FlagBits>(query.integer(2));
  row.modseq.value = static_cast<std::uint64_t>(query.integer(3));
  row.size = static_cast<std::uint64_t>(query.integer(4));
  row.internal_date.seconds = query.integer(5);
  row.internal_date.zone_minutes = static_cast<std::int32_t>(query.integer(6));
  row.save_date = query.integer(7);
  return row;
}

void MessageReader::select(MessageId message, std::uint64_t size) {
  message_ = message;
  size_ = size;
  has_head_ = false;
  head_query_.reset();
}

void MessageReader::provide_head(std::uint64_t header_size, std::string_view head) {
  header_size_ = header_size;
  head_ = head;
  has_head_ = true;
}

void MessageReader::load_head() {
  if (has_head_) return;
  head_query_.emplace(database_.query(kHead, message_.value));
  if (!head_query_->step()) {
    throw sqlite::Error(sqlite::ErrorKind::damaged,
                        "The header of message " + std::to_string(message_.value) + " is missing.");
  }
  provide_head(static_cast<std::uint64_t>(head_query_->integer(0)), head_query_->blob(1));
}

std::string_view MessageReader::header() {
  load_head();
  if (header_size_ <= head_.size()) return head_.substr(0, header_size_);
  long_header_.clear();
  read(0, header_size_, long_header_);
  return long_header_;
}

void MessageReader::read(std::uint64_t offset, std::uint64_t length, std::string& out) {
  if (offset >= size_) return;
  const std::uint64_t end = offset + std::min(length, size_ - offset);
  load_head();
  if (offset < head_.size()) {
    std::uint64_t count = std::min<std::uint64_t>(end, head_.size()) - offset;
    out.append(head_.substr(offset, count));
    offset += count;
  }
  while (offset < end) {
    const std::uint64_t place = offset - head_.size();
    const std::uint64_t frame = place / kContentFrameBytes;
    const std::uint64_t from = place % kContentFrameBytes;
    const std::uint64_t to = std::min<std::uint64_t>(from + (end - offset), kContentFrameBytes);
    read_frame(frame, static_cast<std::size_t>(from), static_cast<std::size_t>(to), out);
    offset += to - from;
  }
}

// Octets [from, to) of one frame.
void MessageReader::read_frame(std::uint64_t frame, std::size_t from, std::size_t to,
                               std::string& out) {
  const std::int64_t id = message_.value * 65536 + static_cast<std::int64_t>(frame);
  if (id == frame_id_) {
    out.append(frame_, from, to - from);
    return;
  }
  const std::uint64_t frame_begin = head_.size() + frame * kContentFrameBytes;
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(kContentFrameBytes, size_ - frame_begin));
  sqlite::Query query = database_.query(kFrame, id);
  if (!query.step()) {
    throw sqlite::Error(
        sqlite::ErrorKind::damaged,
        "The content of message " + std::to_string(message_.value) + " is missing.");
  }
  const auto codec = static_cast<FrameCodec>(query.integer(0));
  if (from == 0 && to == size) {
    decode_frame(codec, query.blob(1), size, out);
    return;
  }
  frame_id_ = -1;
  frame_.clear();
  decode_frame(codec, query.blob(1), size, frame_);
  frame_id_ = id;
  out.append(frame_, from, to - from);
}

}  // namespace mailkeep::store
