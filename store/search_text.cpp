#include "store/search_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "mime/address_text.h"
#include "mime/header_reader.h"
#include "mime/text/ascii.h"
#include "mime/text/charset.h"
#include "mime/text/encoded_word.h"

namespace mailkeep::store {

namespace {

constexpr std::size_t kMaxLineBytes = 256 * 1024;
// Enough for a character or escape of any charset that is cut without a line end.
constexpr std::size_t kUnit = 4;

// Beginnings of the names of charsets in which an octet below 128 that does not follow one above is
// that ASCII character.
constexpr std::array<std::string_view, 16> kAsciiCharsets = {
    "us-ascii", "ascii", "utf-8",  "utf8", "iso-8859-", "iso8859-", "iso_8859-", "windows-",
    "latin",    "koi8-", "gb2312", "gbk",  "gb18030",   "big5",     "euc-",      "cp125"};

constexpr std::array<std::string_view, 4> kAddressFields = {"from", "to", "cc", "bcc"};

bool has_eight_bit(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    if ((word & 0x8080808080808080ULL) != 0) return true;
  }
  return std::any_of(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), mime::is_eight_bit);
}

// Charsets of units of two or four octets.
constexpr std::array<std::string_view, 6> kWideCharsets = {"utf-16", "utf16",     "utf-32",
                                                           "utf32",  "iso-10646", "ucs-"};

bool begins_with_any(std::string_view charset, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) {
    return mime::equal_ignoring_case(charset.substr(0, name.size()), name);
  });
}

// The comparable form of ASCII.
void append_ascii(Comparator comparator, std::string_view ascii, std::string& out) {
  const std::size_t begin = out.size();
  out.append(ascii);
  if (comparator == Comparator::octet) return;
  // By a pointer and a length of its own the loop takes many octets at once: writing a char through
  // the string might change the string's size, for all that the compiler knows.
  char* const text = out.data() + begin;
  for (std::size_t i = 0; i < ascii.size(); ++i) {
    const char c = text[i];
    text[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
}

bool holds(std::string_view text, std::string_view part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

bool is_plain(std::string_view header_text) {
  return !holds(header_text, "=?") && !has_eight_bit(header_text);
}

// Fields whose addresses have a search key (RFC 9051 6.4.4).
bool has_addresses(std::string_view name) {
  return std::ranges::any_of(kAddressFields, [&](std::string_view field) {
    return mime::equal_ignoring_case(name, field);
  });
}

// The text that TEXT looks into of a field: its name and decoded value, folded.
class FoldedField {
 public:
  explicit FoldedField(Comparator comparator) : comparator_(comparator) {}

  const std::string& make(const mime::HeaderField& field) {
    const bool plain = is_plain(field.value);
    text_.assign(field.name);
    text_ += ": ";
    text_ += plain ? mime::unfold(field.value) : mime::decode_header_text(mime::trim(field.value));
    if (plain && !has_eight_bit(field.name)) {
      folded_.clear();
      append_ascii(comparator_, text_, folded_);
    } else {
      folded_ = comparable_form(comparator_, text_);
    }
    return folded_;
  }

 private:
  const Comparator comparator_;
  std::string text_;
  std::string folded_;
};

}  // namespace

Needle::Needle(std::string_view utf8, Comparator comparator)
    : comparator_(comparator), folded_(comparable_form(comparator, utf8)) {}

bool Needle::is_in(std::string_view folded_text) const {
  return holds(folded_text, folded_);
}

bool Needle::is_in_value(std::string_view value) const {
  if (empty()) return true;
  if (!is_plain(value)) {
    return is_in(comparable_form(comparator_, mime::decode_header_text(value)));
  }
  thread_local std::string folded;
  folded.clear();
  if (value.find('\n') == std::string_view::npos) {
    append_ascii(comparator_, value, folded);
  } else {
    append_ascii(comparator_, mime::unfold(value), folded);
  }
  return is_in(folded);
}

bool Needle::is_in_addresses(std::string_view value) const {
  return is_in_value(value) || is_in(comparable_form(comparator_, mime::address_text(value)));
}

bool Needle::is_in_stream(std::string& folded) const {
  if (is_in(folded)) return true;
  folded.erase(0, folded.size() - std::min(folded.size(), size() - 1));
  return false;
}

bool Needle::is_in_header(std::string_view header) const {
  if (empty()) return true;
  mime::HeaderReader reader(header);
  FoldedField folded(comparator_);
  while (auto field = reader.next()) {
    if (is_in(folded.make(*field))) return true;
  }
  return false;
}

void append_header_texts(std::string_view header, TextVisitor& visitor) {
  mime::HeaderReader reader(header);
  FoldedField maker(Comparator::unicode_casemap);
  std::string folded;
  while (auto field = reader.next()) {
    folded = maker.make(*field);
    visitor.begin_field(field->name);
    if (visitor.text(folded)) return;
    if (has_addresses(field->name)) {
      const std::string addresses = mime::address_text(field->value);
      if (addresses != mime::trim(field->value)) {
        folded = mime::fold_case(addresses);
        visitor.begin_field(field->name);
        if (visitor.text(folded)) return;
      }
    }
    // The value alone is searched with the white space around it.
    const std::string_view value = field->value;
    if (value.starts_with(' ') && mime::trim(value).size() + 1 == value.size()) continue;
    folded = is_plain(value) ? std::string(value) : mime::decode_header_text(value);
    folded = mime::fold_case(folded);
    visitor.begin_field(field->name);
    if (visitor.text(folded)) return;
  }
}

TextFolder::TextFolder(std::string_view charset, Comparator comparator)
    : charset_(charset),
      comparator_(comparator),
      has_lines_(!begins_with_any(charset, kWideCharsets)),
      ascii_stays_(begins_with_any(charset, kAsciiCharsets)) {}

void TextFolder::feed(std::string_view octets, std::string& folded) {
  // Whole lines at a time: no character and no escape sequence crosses a line end.
  const std::size_t end = has_lines_ ? octets.rfind('\n') : std::string_view::npos;
  if (end == std::string_view::npos) {
    waiting_.append(octets);
    if (waiting_.size() < kMaxLineBytes) return;
    std::string rest = waiting_.substr(waiting_.size() - waiting_.size() % kUnit);
    waiting_.resize(waiting_.size() - rest.size());
    append_folded(waiting_, folded);
    waiting_ = std::move(rest);
    return;
  }
  if (waiting_.empty()) {
    append_folded(octets.substr(0, end + 1), folded);
  } else {
    waiting_.append(octets.substr(0, end + 1));
    append_folded(waiting_, folded);
  }
  waiting_.assign(octets.substr(end + 1));
}

void TextFolder::finish(std::string& folded) {
  if (!waiting_.empty()) append_folded(waiting_, folded);
  waiting_.clear();
}

void TextFolder::append_folded(std::string_view octets, std::string& folded) const {
  if (!ascii_stays_) {
    folded += comparable_form(comparator_, mime::to_utf8(octets, charset_));
    return;
  }
  if (!has_eight_bit(octets)) {
    append_ascii(comparator_, octets, folded);
    return;
  }
  // Only lines with other characters need the tables.
  while (!octets.empty()) {
    const std::size_t end = std::min(octets.find('\n'), octets.size() - 1) + 1;
    const std::string_view line = octets.substr(0, end);
    if (has_eight_bit(line)) {
      folded += comparable_form(comparator_, mime::to_utf8(line, charset_));
    } else {
      append_ascii(comparator_, line, folded);
    }
    octets.remove_prefix(end);
  }
}

TextSearch::TextSearch(const Needle& needle, std::string_view charset)
    : needle_(needle), folder_(charset, needle.comparator()), found_(needle.empty()) {}

bool TextSearch::feed(std::string_view octets) {
  if (found_) return true;
  folder_.feed(octets, folded_);
  found_ = needle_.is_in_stream(folded_);
  return found_;
}

bool TextSearch::finish() {
  if (found_) return true;
  folder_.finish(folded_);
  found_ = needle_.is_in_stream(folded_);
  return found_;
}

}  // namespace mailkeep::store
