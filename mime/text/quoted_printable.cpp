#include <algorithm>
#include <cstring>

#include "mime/text/ascii.h"
#include "mime/text/decoders.h"

namespace mailkeep::mime {
namespace {

// A line that is longer than this is decoded before its end is seen, so that little is held back.
constexpr std::size_t kHeldBytes = 4096;

// Decodes the escapes of text that has no line end. Returns whether all of them were valid.
bool decode_escapes(std::string_view text, std::string& out) {
  bool valid = true;
  while (!text.empty()) {
    const std::size_t escape = text.find('=');
    if (escape == std::string_view::npos) {
      out += text;
      break;
    }
    out += text.substr(0, escape);
    text.remove_prefix(escape);
    const int high = text.size() > 2 ? hex_value(text[1]) : -1;
    const int low = high >= 0 ? hex_value(text[2]) : -1;
    if (low >= 0) {
      out.push_back(static_cast<char>(high * 16 + low));
      text.remove_prefix(3);
    } else {
      valid = false;
      out.push_back('=');
      text.remove_prefix(1);
    }
  }
  return valid;
}

std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// How much of an unfinished line can be decoded whatever follows: not white space that may be the
// end of the line, nor an escape that may be cut.
std::size_t decodable(std::string_view text) {
  std::size_t size = trim_right(text).size();
  for (std::size_t back = 1; back <= 2 && back <= size; ++back) {
    if (text[size - back] == '=') return size - back;
  }
  return size;
}

}  // namespace

// A line, with its line end if it is not the last of the part. White space at its end was added on
// the way and goes (RFC 2045 6.7 rule 3); '=' at its end joins it with the next (rule 5).
void TransferDecoder::decode_line(std::string_view line, std::string& out) {
  std::string_view line_end;
  if (line.ends_with('\n')) {
    const std::size_t size = line.ends_with("\r\n") ? 2 : 1;
    line_end = line.substr(line.size() - size);
    line.remove_suffix(size);
  }
  line = without_trailing_space(line);
  if (line.ends_with('=')) {
    line.remove_suffix(1);
    line_end = {};
  }
  if (!decode_escapes(line, out)) damaged_ = true;
  out += line_end;
}

void TransferDecoder::feed_quoted_printable(std::string_view bytes, std::string& out) {
  if (!held_.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    held_ += bytes.substr(0, end);
    bytes.remove_prefix(end);
    if (held_.ends_with('\n')) {
      decode_line(held_, out);
      held_.clear();
    }
  }
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      held_ = bytes;
      break;
    }
    decode_line(bytes.substr(0, end + 1), out);
    bytes.remove_prefix(end + 1);
  }
  if (held_.size() > std::max(kHeldBytes, 2 * undecodable_)) {
    const std::size_t size = decodable(held_);
    if (!decode_escapes(std::string_view(held_).substr(0, size), out)) damaged_ = true;
    held_.erase(0, size);
    undecodable_ = held_.size();
  }
}

void TransferDecoder::finish_quoted_printable(std::string& out) {
  decode_line(held_, out);
  held_.clear();
}

}  // namespace mailkeep::mime
