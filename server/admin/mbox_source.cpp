#include "server/admin/mbox_source.h"

#include <algorithm>
#include <chrono>

#include "mime/text/ascii.h"
#include "server/admin/arrival_date.h"
#include "server/admin/from_line.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kOutputBytes = 64 * 1024;
// Longer lines come in pieces. No From_ line is that long.
constexpr std::size_t kReadBytes = 64 * 1024;
// Status fields stand within so many lines from the start.
constexpr std::uint64_t kHeaderLines = 1000;

bool is_blank(std::string_view line) {
  return line == "\n" || line == "\r\n";
}

}  // namespace

MboxSource::MboxSource(const std::filesystem::path& path, std::string folder, bool verbatim)
    : file_(path), path_(path.string()), folder_(std::move(folder)), verbatim_(verbatim) {
  read_base();
}

// The UIDVALIDITY stands in the first message's header, and is wanted before that is read.
void MboxSource::read_base() {
  std::string_view start = file_.read().substr(0, kHeaderBytes);
  const std::size_t line_end = start.find('\n');
  if (line_end != std::string_view::npos && is_mbox(start)) {
    base_ = MboxFields::of_header(start.substr(line_end + 1));
  }
  file_.rewind();
}

std::vector<ImportedFolder> MboxSource::folders() const {
  if (base_.uid_validity == 0) return {};
  const store::Uid next{base_.last_uid < 0xffffffffU ? base_.last_uid + 1 : base_.last_uid};
  const std::filesystem::path path = std::filesystem::absolute(path_).lexically_normal();
  return {{folder_, base_.uid_validity, next, "mbox:" + path.string()}};
}

// UIDs as long as they ascend: after a message without one the others are numbered anew.
store::Uid MboxSource::uid_of(const MboxFields& fields) {
  const store::Uid uid{fields.uid};
  if (uid <= last_uid_ || base_.uid_validity == 0) uids_end_ = true;
  if (uids_end_) return store::Uid{};
  last_uid_ = uid;
  return uid;
}

bool MboxSource::is_mbox(std::string_view start) {
  return parse_from_line(start.substr(0, start.find('\n'))).has_value();
}

std::string MboxSource::where() const {
  return path_ + ", message " + std::to_string(number_);
}

void MboxSource::fill() {
  input_.erase(0, begin_);
  begin_ = 0;
  at_end_ = true;  // also where reading throws
  const std::string_view chunk = file_.read();
  input_.append(chunk);
  at_end_ = chunk.empty();
}

std::optional<MboxSource::Piece> MboxSource::next_piece() {
  std::size_t searched = 0;
  std::size_t end = std::string::npos;
  for (;;) {
    end = input_.find('\n', begin_ + searched);
    if (end != std::string::npos || input_.size() - begin_ >= kReadBytes || at_end_) break;
    searched = input_.size() - begin_;
    fill();
  }
  const std::size_t available = input_.size() - begin_;
  if (available == 0) return std::nullopt;
  const bool whole = end != std::string::npos && end - begin_ < kReadBytes;
  const std::size_t length = whole ? end + 1 - begin_ : std::min(available, kReadBytes);
  const Piece piece{std::string_view(input_).substr(begin_, length), !in_line_, whole};
  begin_ += length;
  bytes_done_ += length;
  in_line_ = !whole;
  return piece;
}

std::optional<ImportedMessage> MboxSource::next(const Write& write) {
  for (;;) {
    if (!next_date_ && (number_ > 0 || !find_first_message())) return std::nullopt;
    const store::InternalDate date = *next_date_;
    next_date_.reset();
    read_message(write);
    MboxFields fields = fields_;
    if (exported_ < exported_lines(number_ == 1)) fields = MboxFields::of_header(header_);
    if (fields.only_data && number_ == 1) {
      output_.clear();
      continue;
    }
    flush(write);
    const store::Uid uid = uid_of(fields);
    return ImportedMessage{folder_, std::move(fields.flags), date, uid, std::move(fields.pop3_id)};
  }
}

void MboxSource::read_message(const Write& write) {
  crlf_ = !verbatim_ && !next_crlf_;
  ++number_;
  lines_ = 0;
  exported_ = 0;
  header_.clear();
  fields_ = {};
  held_blank_.clear();
  held_fields_.clear();
  while (const auto piece = next_piece()) {
    if (piece->begins && piece->ends) {
      if (const auto next_date = parse_from_line(piece->text)) {
        begin_message(piece->text, *next_date);
        break;
      }
    }
    take_line(*piece);
    if (output_.size() >= kOutputBytes) flush(write);
  }
  held_blank_.clear();  // the file's
  put_held_lines();
}

// Text before the first message is no message. False: there is none.
bool MboxSource::find_first_message() {
  bool skipped = false;
  while (const auto piece = next_piece()) {
    const auto date = piece->begins && piece->ends ? parse_from_line(piece->text) : std::nullopt;
    if (date) {
      begin_message(piece->text, *date);
      if (skipped) throw MailReadError(path_ + ": text before the first message is left out");
      return true;
    }
    skipped = skipped || !is_blank(piece->text);
  }
  return false;
}

void MboxSource::begin_message(std::string_view from_line, store::InternalDate date) {
  next_date_ = date;
  next_crlf_ = from_line.ends_with("\r\n");
}

void MboxSource::take_line(const Piece& piece) {
  std::string_view text = piece.text;
  if (piece.begins) {
    ++lines_;
    if (piece.ends && lines_ == exported_ + 1 && take_exported(text)) return;
    put_held_lines();
    if (is_blank(text)) {
      held_blank_ = text;
      return;
    }
    if (text.starts_with('>') && is_quoted_or_from(text)) text.remove_prefix(1);
  }
  put(text);
}

// Holds the line back if it is the next one of an exported block.
bool MboxSource::take_exported(std::string_view line) {
  const bool first = number_ == 1;
  if (!is_exported_line(line, exported_, first)) return false;
  ++exported_;
  held_fields_ += line;
  const std::size_t colon = line.find(':');
  fields_.take(line.substr(0, colon), line.substr(colon + 1));
  if (exported_ == exported_lines(first)) held_fields_.clear();
  return true;
}

void MboxSource::put_held_lines() {
  while (!held_fields_.empty()) {
    const std::size_t end = held_fields_.find('\n') + 1;
    const std::string line = held_fields_.substr(0, end == 0 ? held_fields_.size() : end);
    held_fields_.erase(0, line.size());
    put(line);
  }
  put(held_blank_);
  held_blank_.clear();
}

void MboxSource::put(std::string_view text) {
  const std::size_t start = output_.size();
  if (crlf_ && text.ends_with('\n') && !text.ends_with("\r\n")) {
    output_.append(text.substr(0, text.size() - 1)).append("\r\n");
  } else {
    output_.append(text);
  }
  if (lines_ <= kHeaderLines && header_.size() < kHeaderBytes) header_.append(output_, start);
}

void MboxSource::flush(const Write& write) {
  if (!output_.empty()) write(output_);
  output_.clear();
}

}  // namespace mailkeep::server
