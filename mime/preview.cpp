#include "mime/preview.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "mime/part_text.h"
#include "mime/text/ascii.h"
#include "mime/text/charset.h"
#include "mime/text/decoders.h"
#include "mime/text/html_text.h"
#include "mime/text/utf8.h"

namespace mailkeep::mime {
namespace {

// What is read at first. Each further try reads four times as much, from the beginning, so that all
// tries together cost little more than the last.
constexpr std::uint64_t kFirstOctets = 4 * 1024;

constexpr std::uint32_t kReplacementCharacter = 0xfffd;

struct Character {
  std::uint32_t code;
  std::size_t size;
};

// The character at the start of valid UTF-8.
Character first_character(std::string_view text) {
  const auto octet = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) : 0U;
  };
  const std::uint32_t first = octet(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xe0) return {(first & 0x1f) << 6 | (octet(1) & 0x3f), 2};
  if (first < 0xf0) {
    return {(first & 0x0f) << 12 | (octet(1) & 0x3f) << 6 | (octet(2) & 0x3f), 3};
  }
  return {
      (first & 0x07) << 18 | (octet(1) & 0x3f) << 12 | (octet(2) & 0x3f) << 6 | (octet(3) & 0x3f),
      4};
}

bool is_blank(std::uint32_t c) {
  return c <= ' ' || (c >= 0x7f && c <= 0xa0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

// Nothing is seen of these, or they turn around what follows. The joiners of scripts and emoji are
// not among them.
bool is_invisible(std::uint32_t c) {
  return c == 0xad || c == 0x34f || c == 0x61c || c == 0x200b || c == 0x200e || c == 0x200f ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xe0000 && c <= 0xe007f);
}

// Text with one space between words, up to a number of characters.
class PreviewText {
 public:
  bool full() const { return characters_ >= kPreviewCharacters; }
  bool empty() const { return text_.empty(); }

  void add(std::string_view utf8) {
    while (!utf8.empty() && !full()) {
      const Character character = first_character(utf8);
      add(character.code);
      utf8.remove_prefix(std::min(character.size, utf8.size()));
    }
  }

  // Without what a cut of the input left of its last character.
  std::string take(bool input_was_cut) {
    static constexpr std::string_view kCut = "\xef\xbf\xbd";
    while (input_was_cut && !full() && text_.ends_with(kCut)) text_.resize(text_.size() - 3);
    if (text_.ends_with(' ')) text_.pop_back();
    return std::move(text_);
  }

 private:
  void add(std::uint32_t c) {
    if (is_invisible(c)) return;
    if (is_blank(c)) {
      space_ = !text_.empty();
      return;
    }
    if (space_) {
      text_ += ' ';
      ++characters_;
      space_ = false;
      if (full()) return;
    }
    append_utf8(c <= 0x10ffff ? c : kReplacementCharacter, text_);
    ++characters_;
  }

  std::string text_;
  std::size_t characters_ = 0;
  bool space_ = false;  // comes before the next character
};

// RFC 3676 4.3, 4.5: the line before a signature, and lines that quote.
bool is_signature_line(std::string_view line) {
  return line == "-- " || line == "--";
}

void add_plain_text(std::string_view text, bool quotes, PreviewText& preview) {
  while (!text.empty() && !preview.full()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    std::string_view line = without_line_end(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
    if (is_signature_line(line) && !preview.empty()) return;
    if (line.starts_with('>')) {
      if (!quotes) continue;
      while (line.starts_with('>') || line.starts_with(' ')) line.remove_prefix(1);
    }
    preview.add(line);
    preview.add("\n");
  }
}

// The beginning of a part's content, decoded and as UTF-8.
std::string beginning_of(const Part& part, std::uint64_t octets, const OctetReader& read) {
  std::string raw;
  read(part.body_begin, std::min(octets, part.body_end - part.body_begin), raw);
  std::string decoded;
  TransferDecoder decoder(transfer_encoding_named(part.encoding));
  decoder.feed(raw, decoded);
  decoder.finish(decoded);
  return to_utf8(decoded, charset_of(part));
}

std::string part_preview(const Part& part, const OctetReader& read) {
  const bool html = equal_ignoring_case(part.subtype, "html");
  const std::uint64_t all = part.body_end - part.body_begin;
  for (std::uint64_t octets = kFirstOctets;; octets *= 4) {
    const bool cut = octets < all;
    const std::string text = beginning_of(part, octets, read);
    for (const bool quotes : {false, true}) {
      PreviewText preview;
      if (html) {
        preview.add(html_text(text, quotes));
      } else {
        add_plain_text(text, quotes, preview);
      }
      const bool enough = preview.full() || (!cut && !preview.empty());
      if (enough || (octets >= kPreviewOctets && !preview.empty())) return preview.take(cut);
      if (cut && octets < kPreviewOctets) break;
    }
    if (!cut || octets >= kPreviewOctets) return {};
  }
}

bool is_readable(const Part& part) {
  if (part.kind != PartKind::leaf || !equal_ignoring_case(part.type, "text")) return false;
  if (part.disposition && equal_ignoring_case(part.disposition->type, "attachment")) return false;
  for (const std::string_view readable : {"plain", "html", "enriched", "richtext", "markdown"}) {
    if (equal_ignoring_case(part.subtype, readable)) return true;
  }
  return false;
}

}  // namespace

std::string preview(const Structure& structure, const OctetReader& read) {
  std::size_t tried = 0;
  for (const Part& part : structure.parts) {
    if (!is_readable(part) || part.body_begin >= part.body_end) continue;
    if (++tried > kPreviewParts) break;
    std::string text = part_preview(part, read);
    if (!text.empty()) return text;
  }
  return {};
}

std::string preview(const Structure& structure, std::string_view message) {
  return preview(structure,
                 [message](std::uint64_t offset, std::uint64_t length, std::string& out) {
                   if (offset < message.size()) out += message.substr(offset, length);
                 });
}

}  // namespace mailkeep::mime
