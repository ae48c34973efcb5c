#include "server/admin/mbox_source.h"

#include <algorithm>
#include <chrono>

#include "mime/header_reader.h"
#include "mime/text/ascii.h"
#include "server/admin/arrival_date.h"
#include "server/admin/from_line.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kOutputBytes = 64 * 1024;
// Longer lines come in pieces. No From_ line is that long.
constexpr std::size_t kPieceBytes = 64 * 1024;
// Status fields stand within so many lines from the start.
constexpr std::uint64_t kHeaderLines = 1000;

bool is_blank(std::string_view line) {
  return line == "\n" || line == "\r\n";
}

// A field as `mailkeep export` writes it: its name, then only these letters.
std::optional<std::string_view> exported_field(std::string_view line, std::string_view name,
                                               std::string_view letters) {
  if (!line.starts_with(name)) return std::nullopt;
  const std::string_view value = mime::trim(line.substr(name.size()));
  if (value.find_first_not_of(letters) != std::string_view::npos) return std::nullopt;
  return value;
}

}  // namespace

MboxSource::MboxSource(const std::filesystem::path& path, std::string folder, bool verbatim)
    : file_(path), path_(path.string()), folder_(std::move(folder)), verbatim_(verbatim) {}

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
    if (end != std::string::npos || input_.size() - begin_ >= kPieceBytes || at_end_) break;
    searched = input_.size() - begin_;
    fill();
  }
  const std::size_t available = input_.size() - begin_;
  if (available == 0) return std::nullopt;
  const bool whole = end != std::string::npos && end - begin_ < kPieceBytes;
  const std::size_t length = whole ? end + 1 - begin_ : std::min(available, kPieceBytes);
  const Piece piece{std::string_view(input_).substr(begin_, length), !in_line_, whole};
  begin_ += length;
  bytes_done_ += length;
  in_line_ = !whole;
  return piece;
}

std::optional<ImportedMessage> MboxSource::next(const Write& write) {
  if (!next_date_ && (number_ > 0 || !find_first_message())) return std::nullopt;
  const store::InternalDate date = *next_date_;
  next_date_.reset();
  crlf_ = !verbatim_ && !next_crlf_;
  ++number_;
  lines_ = 0;
  header_.clear();
  status_.clear();
  held_blank_.clear();
  held_status_.clear();
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
  flush(write);
  return ImportedMessage{folder_, flags(), date};
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
    if (lines_ == 1 && exported_field(text, "Status:", "RO")) {
      held_status_ = text;
      return;
    }
    if (lines_ == 2 && !held_status_.empty() && exported_field(text, "X-Status:", "AFTD")) {
      status_ = mime::trim(held_status_.substr(7));
      status_ += mime::trim(text.substr(9));
      held_status_.clear();
      return;
    }
    put_held_lines();
    if (is_blank(text)) {
      held_blank_ = text;
      return;
    }
    if (text.starts_with('>') && is_quoted_or_from(text)) text.remove_prefix(1);
  }
  put(text);
}

void MboxSource::put_held_lines() {
  put(held_status_);
  held_status_.clear();
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

store::FlagSet MboxSource::flags() const {
  std::string letters = status_;
  const auto take = [&](const mime::HeaderField& field, std::string_view name,
                        std::string_view allowed) {
    const std::string_view value = mime::trim(field.value);
    const bool only_letters = value.find_first_not_of(allowed) == std::string_view::npos;
    if (only_letters && mime::equal_ignoring_case(field.name, name)) letters += value;
  };
  mime::HeaderReader reader(header_);
  while (const auto field = reader.next()) {
    take(*field, "Status", "RO");
    take(*field, "X-Status", "AFTD");
  }
  store::FlagSet flags;
  const auto set = [&](char letter, store::FlagBits flag) {
    if (letters.find(letter) != std::string::npos) flags.system |= flag;
  };
  set('R', store::flag::seen);
  set('A', store::flag::answered);
  set('F', store::flag::flagged);
  set('T', store::flag::draft);
  set('D', store::flag::deleted);
  return flags;
}

}  // namespace mailkeep::server
