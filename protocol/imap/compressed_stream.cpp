#include "protocol/imap/compressed_stream.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <zlib.h>

namespace mailkeep::imap {

using protocol::ReadStatus;

namespace {

constexpr int kRawWindow = -15;    // RFC 1951 without a header (RFC 4978 4), 32 KiB
constexpr int kDeflateMemory = 8;  // 256 KiB while it writes
constexpr std::size_t kHistoryBytes = 32 * 1024;
constexpr std::size_t kInputPieceBytes = 16 * 1024;
constexpr std::chrono::seconds kQuiet{1};  // then memory is given back

// Beyond it, deflating smaller is not worth the time; what is sent is often compressed already.
constexpr int kLevel = 5;

Bytef* octets(std::string_view text) {
  // zlib does not write to its input; older declarations lack the const.
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));  // NOLINT
}

}  // namespace

class CompressedStream::Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, kLevel, Z_DEFLATED, kRawWindow, kDeflateMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::runtime_error("no memory to compress");
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // Appends `bytes`, compressed up to an octet's end, so that the peer has all of it and another
  // compressor can go on from there.
  // `last`: nothing comes behind them.
  void write(std::string_view bytes, bool last, std::string& out) {
    stream_.next_in = octets(bytes);
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      const std::size_t before = out.size();
      out.resize(before + kInputPieceBytes);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream_.avail_out = static_cast<uInt>(kInputPieceBytes);
      deflate(&stream_, last ? Z_FINISH : Z_SYNC_FLUSH);
      out.resize(out.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
};

class CompressedStream::Inflater {
 public:
  explicit Inflater(std::string_view history) {
    if (inflateInit2(&stream_, kRawWindow) != Z_OK) throw std::runtime_error("no memory");
    if (!history.empty()) {
      inflateSetDictionary(&stream_, octets(history), static_cast<uInt>(history.size()));
    }
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Inflates some of `input`, which is shortened, at most `limit` octets of output, and no further
  // than to the end of a block: what follows may not be compressed any more.
  Inflated read(std::string& input, std::string& out, std::size_t limit) {
    stream_.next_in = octets(input);
    stream_.avail_in = static_cast<uInt>(input.size());
    const std::size_t before = out.size();
    int status = Z_OK;
    while (status == Z_OK && out.size() - before < limit) {
      const std::size_t piece = std::min(kInputPieceBytes, limit - (out.size() - before));
      const std::size_t at = out.size();
      out.resize(at + piece);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + at);
      stream_.avail_out = static_cast<uInt>(piece);
      status = inflate(&stream_, Z_BLOCK);
      out.resize(out.size() - stream_.avail_out);
      note_block(out.size() != at);
      if (status == Z_OK && at_block()) {
        if (out.size() != before || stream_.avail_in == 0) break;
        continue;
      }
      if (stream_.avail_out != 0) break;
    }
    full_ = stream_.avail_out == 0;
    ended_ = ended_ || status == Z_STREAM_END;
    input.erase(0, input.size() - stream_.avail_in);
    if (out.size() != before) return Inflated::some;
    if (status == Z_STREAM_END) return Inflated::ended;
    return status == Z_OK || status == Z_BUF_ERROR ? Inflated::none : Inflated::broken;
  }

  // Inflates the empty block that ends what was written last, or the end of all, from `input`,
  // which is shortened. None: it is not all there.
  Inflated read_end(std::string& input) {
    std::string nothing(1, '\0');
    stream_.next_in = octets(input);
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(nothing.data());
    stream_.avail_out = 1;
    int status = ended_ ? Z_STREAM_END : Z_OK;
    bool ended = ended_;
    while (status == Z_OK && !ended && stream_.avail_out != 0) {
      const bool was_empty = is_empty_;
      status = inflate(&stream_, Z_BLOCK);
      ended = status == Z_OK && at_block() && was_empty;
      note_block(stream_.avail_out == 0);
    }
    input.erase(0, input.size() - stream_.avail_in);
    if (status == Z_STREAM_END) return Inflated::ended;
    if (stream_.avail_out == 0) return Inflated::broken;  // more commands are in it
    if (status != Z_OK && status != Z_BUF_ERROR) return Inflated::broken;
    return ended ? Inflated::ended : Inflated::none;
  }

  // Whether more may come out without new input.
  bool full() const { return full_; }

  // What another inflater needs to go on from here. Nothing: it cannot, in the middle of a block.
  bool history(std::string& history) {
    constexpr int kBits = 0x3f;  // left over of the last octet
    if (full_ || ended_ || !at_block() || (stream_.data_type & kBits) != 0) return false;
    history.resize(kHistoryBytes);
    uInt length = 0;
    inflateGetDictionary(&stream_, reinterpret_cast<Bytef*>(history.data()), &length);
    history.resize(length);
    history.shrink_to_fit();
    return true;
  }

 private:
  bool at_block() const { return (stream_.data_type & 128) != 0; }
  // What became of the block that is being inflated.
  void note_block(bool has_output) { is_empty_ = at_block() || (is_empty_ && !has_output); }

  z_stream stream_{};
  bool full_ = false;
  bool ended_ = false;
  bool is_empty_ = true;  // nothing came out of the block yet
};

CompressedStream::CompressedStream(protocol::Stream& under, std::string received)
    : under_(under), received_(std::move(received)) {}

CompressedStream::~CompressedStream() = default;

CompressedStream::Inflated CompressedStream::inflate_to(std::string& into) {
  if (received_.empty() && !(inflater_ && inflater_->full())) return Inflated::none;
  if (!inflater_) {
    inflater_ = std::make_unique<Inflater>(history_);
    history_ = {};
  }
  return inflater_->read(received_, into, kReadBytes);
}

void CompressedStream::release() {
  deflater_.reset();
  received_.shrink_to_fit();
  if (inflater_ && inflater_->history(history_)) inflater_.reset();
}

std::size_t CompressedStream::held_bytes() const {
  constexpr std::size_t kWorking = 256 * 1024;
  return history_.capacity() + received_.capacity() + (deflater_ ? kWorking : 0) +
         (inflater_ ? kHistoryBytes : 0);
}

protocol::Awaitable<ReadStatus> CompressedStream::read(std::string& into,
                                                       std::chrono::seconds limit, bool wakeable) {
  auto left = limit;
  for (;;) {
    if (broken_) co_return ReadStatus::closed;
    const Inflated inflated = inflate_to(into);
    if (inflated == Inflated::some) co_return ReadStatus::data;
    if (inflated == Inflated::broken || inflated == Inflated::ended) {
      broken_ = true;
      continue;
    }
    const bool quiet = !deflater_ && !inflater_;
    const auto wait = quiet ? left : std::min(left, kQuiet);
    const ReadStatus status = co_await under_.read(received_, wait, wakeable);
    if (status == ReadStatus::timed_out && wait < left) {
      left -= wait;
      release();
      continue;
    }
    if (status != ReadStatus::data) co_return status;
  }
}

protocol::Awaitable<bool> CompressedStream::write(std::string_view bytes) {
  std::string compressed;
  if (!deflater_) deflater_ = std::make_unique<Deflater>();
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kReadBytes);
    bytes.remove_prefix(piece.size());
    compressed.clear();
    deflater_->write(piece, ending_ && bytes.empty(), compressed);
    const bool written = co_await under_.write(compressed);
    if (!written) co_return false;
  }
  co_return true;
}

protocol::Awaitable<bool> CompressedStream::end_input(std::string& plain,
                                                      std::chrono::seconds limit) {
  for (;;) {
    if (!inflater_) {
      inflater_ = std::make_unique<Inflater>(history_);
      history_ = {};
    }
    const Inflated inflated = inflater_->read_end(received_);
    if (inflated == Inflated::broken) co_return false;
    if (inflated == Inflated::ended) {
      plain += received_;
      received_.clear();
      co_return true;
    }
    const ReadStatus status = co_await under_.read(received_, limit, false);
    if (status != ReadStatus::data) co_return false;
  }
}

protocol::Awaitable<bool> CompressedStream::start_tls() {
  co_return false;
}

}  // namespace mailkeep::imap
