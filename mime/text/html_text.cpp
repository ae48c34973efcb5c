#include "mime/text/html_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "mime/text/ascii.h"
#include "mime/text/utf8.h"

namespace mailkeep::mime {
namespace {

constexpr std::array<std::string_view, 6> kUnread{"script", "style",    "title",
                                                  "xml",    "template", "noscript"};
// Elements inside of a line; all others begin a new one.
constexpr std::array<std::string_view, 25> kInline{
    "a",    "abbr", "acronym", "b",      "bdo",    "big", "cite", "code", "em",
    "font", "i",    "img",     "ins",    "kbd",    "q",   "s",    "samp", "small",
    "span", "sub",  "sup",     "strong", "strike", "tt",  "u"};

// The named references of U+00A0 to U+00FF, in order.
constexpr std::array<std::string_view, 96> kLatinNames{
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
    "copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
    "sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
    "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
    "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 32> kOtherNames{{
    {"amp", '&'},       {"lt", '<'},       {"gt", '>'},        {"quot", '"'},
    {"apos", '\''},     {"AMP", '&'},      {"LT", '<'},        {"GT", '>'},
    {"OElig", 0x152},   {"oelig", 0x153},  {"Scaron", 0x160},  {"scaron", 0x161},
    {"ensp", 0x2002},   {"emsp", 0x2003},  {"thinsp", 0x2009}, {"zwnj", 0x200c},
    {"zwj", 0x200d},    {"ndash", 0x2013}, {"mdash", 0x2014},  {"lsquo", 0x2018},
    {"rsquo", 0x2019},  {"sbquo", 0x201a}, {"ldquo", 0x201c},  {"rdquo", 0x201d},
    {"bdquo", 0x201e},  {"bull", 0x2022},  {"hellip", 0x2026}, {"lsaquo", 0x2039},
    {"rsaquo", 0x203a}, {"euro", 0x20ac},  {"trade", 0x2122},  {"rarr", 0x2192},
}};

// What numbers 128 to 159 mean in the web: windows-1252.
constexpr std::array<std::uint16_t, 32> kWindows1252{
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

constexpr std::size_t kLongestReference = 12;  // octets between '&' and ';'

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::ranges::any_of(
      names, [&](std::string_view each) { return equal_ignoring_case(each, name); });
}

std::optional<std::uint32_t> named_character(std::string_view name) {
  const auto* const latin = std::ranges::find(kLatinNames, name);
  if (latin != kLatinNames.end()) {
    return 0xa0 + static_cast<std::uint32_t>(latin - kLatinNames.begin());
  }
  for (const auto& [other, character] : kOtherNames) {
    if (other == name) return character;
  }
  return std::nullopt;
}

// `digits` is what follows "&#".
std::optional<std::uint32_t> numbered_character(std::string_view digits) {
  const bool hexadecimal = !digits.empty() && to_lower(digits.front()) == 'x';
  if (hexadecimal) digits.remove_prefix(1);
  if (digits.empty() || digits.size() > 8) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : digits) {
    const int value = hex_value(c);
    if (value < 0 || (!hexadecimal && value > 9)) return std::nullopt;
    number = number * (hexadecimal ? 16 : 10) + static_cast<std::uint64_t>(value);
  }
  if (number >= 128 && number < 160) return kWindows1252[number - 128];
  const bool surrogate = number >= 0xd800 && number <= 0xdfff;
  if (number == 0 || number > 0x10ffff || surrogate) return 0xfffd;
  return static_cast<std::uint32_t>(number);
}

class HtmlReader {
 public:
  HtmlReader(std::string_view html, bool quotes) : rest_(html), quotes_(quotes) {}

  std::string read() {
    while (!rest_.empty()) {
      const std::size_t special = std::min(rest_.find_first_of("<&"), rest_.size());
      keep(rest_.substr(0, special));
      rest_.remove_prefix(special);
      if (rest_.empty()) break;
      if (rest_.front() == '<') {
        take_markup();
      } else {
        take_reference();
      }
    }
    return std::move(out_);
  }

 private:
  void keep(std::string_view text) {
    if (quote_depth_ == 0 || quotes_) out_ += text;
  }

  void skip_behind(std::string_view end) {
    const std::size_t at = rest_.find(end);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
  }

  // rest_ begins with '<'.
  void take_markup() {
    if (rest_.starts_with("<!--")) return skip_behind("-->");
    const char next = rest_.size() > 1 ? rest_[1] : '\0';
    if (next == '!' || next == '?') return skip_behind(">");
    const bool end = next == '/';
    const std::size_t begin = end ? 2 : 1;
    if (begin >= rest_.size() || !is_alpha(rest_[begin])) {
      keep(rest_.substr(0, 1));
      rest_.remove_prefix(1);
      return;
    }
    std::size_t name_end = begin;
    while (name_end < rest_.size() && (is_alpha(rest_[name_end]) || is_digit(rest_[name_end]))) {
      ++name_end;
    }
    const std::string_view name = rest_.substr(begin, name_end - begin);
    rest_.remove_prefix(name_end);
    skip_attributes();
    take_tag(name, end);
  }

  // Up to and with the '>' that is in no quoted value.
  void skip_attributes() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '>') return;
      if (c != '=') continue;
      while (!rest_.empty() && is_line_space(rest_.front())) rest_.remove_prefix(1);
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) continue;
      const std::size_t close = rest_.find(rest_.front(), 1);
      rest_.remove_prefix(close == std::string_view::npos ? rest_.size() : close + 1);
    }
  }

  void take_tag(std::string_view name, bool end) {
    if (!is_one_of(kInline, name)) keep("\n");
    if (equal_ignoring_case(name, "blockquote")) {
      if (!end) {
        ++quote_depth_;
      } else if (quote_depth_ > 0) {
        --quote_depth_;
      }
    } else if (!end && is_one_of(kUnread, name)) {
      skip_element(name);
    }
  }

  // Up to the end tag of an element whose content is not shown; its tag is read next.
  void skip_element(std::string_view name) {
    std::size_t at = 0;
    for (;;) {
      at = rest_.find("</", at);
      if (at == std::string_view::npos) {
        rest_ = {};
        return;
      }
      if (equal_ignoring_case(rest_.substr(at + 2, name.size()), name)) break;
      at += 2;
    }
    rest_.remove_prefix(at);
  }

  // rest_ begins with '&'. What is no reference stands for itself.
  void take_reference() {
    const std::string_view candidate = rest_.substr(1, kLongestReference);
    std::size_t size = 0;
    while (size < candidate.size() && (is_alpha(candidate[size]) || is_digit(candidate[size]) ||
                                       (size == 0 && candidate[size] == '#'))) {
      ++size;
    }
    const std::string_view name = candidate.substr(0, size);
    const auto character =
        name.starts_with('#') ? numbered_character(name.substr(1)) : named_character(name);
    if (!character) {
      keep("&");
      rest_.remove_prefix(1);
      return;
    }
    std::string text;
    append_utf8(*character, text);
    keep(text);
    const bool closed = size < candidate.size() && candidate[size] == ';';
    rest_.remove_prefix(1 + size + (closed ? 1 : 0));
  }

  std::string_view rest_;
  bool quotes_;
  std::size_t quote_depth_ = 0;
  std::string out_;
};

}  // namespace

std::string html_text(std::string_view html, bool quotes) {
  return HtmlReader(html, quotes).read();
}

}  // namespace mailkeep::mime
