#include "server/migration/response_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::server {
namespace {

struct LiteralMark {
  std::uint64_t octets;
  std::size_t begin;  // of "{", or of "~{" (RFC 3516 4.2)
};

// The literal that a line without its CRLF ends in.
std::optional<LiteralMark> literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const std::size_t brace = line.rfind('{');
  if (brace == std::string_view::npos) return std::nullopt;
  const std::string_view digits = line.substr(brace + 1, line.size() - brace - 2);
  std::uint64_t octets = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), octets);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  const bool binary = brace > 0 && line[brace - 1] == '~';
  return LiteralMark{octets, binary ? brace - 1 : brace};
}

bool ends_with_item(std::string_view text, std::string_view item) {
  return text.size() > item.size() &&
         imap::equal_ignoring_case(text.substr(text.size() - item.size()), item);
}

// Whether what comes next in this response is the whole of a message.
bool awaits_message(std::string_view text) {
  return text.starts_with("* ") &&
         (ends_with_item(text, "BODY[] ") || ends_with_item(text, "RFC822 "));
}

}  // namespace

void ResponseReader::feed(std::string_view octets) {
  while (!octets.empty()) {
    if (literal_left_ > 0) {
      const auto length =
          static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, octets.size()));
      if (in_body_) {
        body_(0, octets.substr(0, length));
      } else {
        text_.append(octets.substr(0, length));
      }
      octets.remove_prefix(length);
      literal_left_ -= length;
      if (literal_left_ == 0) line_begin_ = text_.size();
      continue;
    }
    const std::size_t line_feed = octets.find('\n');
    const std::string_view piece = octets.substr(0, line_feed);
    if (text_.size() + piece.size() > kMaxResponseBytes) {
      throw ProtocolError("a response is too long");
    }
    text_.append(piece);
    octets.remove_prefix(piece.size());
    if (line_feed == std::string_view::npos) return;
    octets.remove_prefix(1);
    end_line();
  }
}

void ResponseReader::end_line() {
  if (text_.size() > line_begin_ && text_.back() == '\r') text_.pop_back();
  const auto literal = literal_at_end(std::string_view(text_).substr(line_begin_));
  if (!literal) {
    const std::string whole = std::exchange(text_, {});
    line_begin_ = 0;
    response_(whole);
    return;
  }
  const std::string_view before = std::string_view(text_).substr(0, line_begin_ + literal->begin);
  in_body_ = awaits_message(before);
  literal_left_ = literal->octets;
  if (in_body_) {
    text_.resize(before.size());
    text_ += "\"\"";
    body_(literal->octets, {});
  } else {
    if (literal->octets > kMaxResponseBytes - std::min(text_.size(), kMaxResponseBytes)) {
      throw ProtocolError("a literal is too long");
    }
    text_ += "\r\n";
  }
  line_begin_ = text_.size();
}

}  // namespace mailkeep::server
