#include "store/message_upload.h"

#include <algorithm>

#include "store/upload_state.h"

namespace mailkeep::store {

namespace {

// Where the body begins: behind the first blank line; npos where none is seen yet. The line end
// before it may stand at `from` or later.
std::size_t find_body(std::string_view octets, std::size_t from) {
  if (octets.starts_with("\n")) return 1;
  if (octets.starts_with("\r\n")) return 2;
  for (std::size_t end = octets.find('\n', from); end != std::string_view::npos;
       end = octets.find('\n', end + 1)) {
    std::string_view rest = octets.substr(end + 1);
    if (rest.starts_with("\n")) return end + 2;
    if (rest.starts_with("\r\n")) return end + 3;
  }
  return std::string_view::npos;
}

}  // namespace

std::uint64_t FinishedMessage::kept_bytes() const {
  std::uint64_t bytes = head.size() + structure.serialized.size() + last_frame.size();
  for (const Frame& frame : spooled) bytes += frame.length;
  return bytes;
}

void MessageUpload::State::write(std::string_view bytes) {
  size += bytes.size();
  if (size > limit) {
    pending_ = {};
    return;
  }
  structure_.feed(bytes);
  hash_.update(bytes);
  if (head_done_) {
    fill_frames(bytes);
    return;
  }
  pending_.append(bytes);
  if (pending_.size() > kContentFrameBytes) take_head();
}

// Cuts the head off where the message turned out to be longer than a frame before its end was seen.
void MessageUpload::State::take_head() {
  std::size_t body = find_body(pending_, searched_);
  searched_ = pending_.size() - std::min<std::size_t>(pending_.size(), 2);
  if (body == std::string_view::npos && pending_.size() < kMaxHeadBytes) return;
  body = std::min(body, kMaxHeadBytes);
  std::string rest = pending_.substr(body);
  pending_.resize(body);
  message.head = std::move(pending_);
  pending_.clear();
  head_done_ = true;
  fill_frames(rest);
}

void MessageUpload::State::fill_frames(std::string_view bytes) {
  while (!bytes.empty()) {
    // A full frame waits for one octet more, so that the last frame is never in the spool.
    if (pending_.size() == kContentFrameBytes) {
      spool_frame(pending_);
      pending_.clear();
    }
    std::size_t count = std::min(bytes.size(), kContentFrameBytes - pending_.size());
    pending_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
  }
}

void MessageUpload::State::spool_frame(std::string_view octets) {
  if (spool == nullptr) spool = std::make_unique<SpoolFile>(spool_directory);
  encoded_.clear();
  FrameCodec codec = encode_frame(octets, encoded_);
  std::uint64_t offset = spool->append(encoded_);
  message.spooled.push_back({codec, offset, encoded_.size()});
}

void MessageUpload::State::finish() {
  if (finished_) return;
  finished_ = true;
  message.size = size;
  message.hash = hash_.finish();
  mime::Structure structure = structure_.finish();
  message.structure = StructureMaker::record_of(structure, parsing_);
  if (!head_done_) {
    std::string octets = std::move(pending_);
    pending_.clear();
    auto head = static_cast<std::size_t>(
        std::min<std::uint64_t>(message.structure.header_size, kMaxHeadBytes));
    message.head = octets.substr(0, head);
    fill_frames(std::string_view(octets).substr(head));
    head_done_ = true;
  }
  message.keys = StructureMaker::keys_of(structure, message.head, parsing_);
  if (!pending_.empty()) message.last_codec = encode_frame(pending_, message.last_frame);
  pending_ = {};
  encoded_ = {};
}

void MessageUpload::State::set_aside() {
  if (size > limit) return;
  finish();
  if (message.last_frame.size() < kSetAsideBytes) return;
  if (spool == nullptr) spool = std::make_unique<SpoolFile>(spool_directory);
  const std::uint64_t offset = spool->append(message.last_frame);
  message.spooled.push_back({message.last_codec, offset, message.last_frame.size()});
  message.last_frame = {};
}

MessageUpload::MessageUpload(std::unique_ptr<State> state) : state_(std::move(state)) {}
MessageUpload::~MessageUpload() = default;
MessageUpload::MessageUpload(MessageUpload&&) noexcept = default;
MessageUpload& MessageUpload::operator=(MessageUpload&&) noexcept = default;

void MessageUpload::write(std::string_view bytes) {
  state_->write(bytes);
}

void MessageUpload::set_aside() {
  state_->set_aside();
}

std::size_t MessageUpload::held_bytes() const {
  const FinishedMessage& message = state_->message;
  return message.head.size() + message.structure.serialized.size() + message.last_frame.size();
}

std::uint64_t MessageUpload::size() const {
  return state_->size;
}

}  // namespace mailkeep::store
