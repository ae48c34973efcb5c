#include "mime/text/charset.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include "mime/text/ascii.h"
#include "mime/text/utf8.h"

namespace mailkeep::mime {
namespace {

constexpr char16_t kReplacement = 0xfffd;

// Names that mail uses and ICU does not have, and charsets for which mail programs send, and
// browsers read, a larger one. An empty name: no charset at all, the text is guessed.
constexpr std::array<std::pair<std::string_view, const char*>, 42> kAliases{{
    {"", ""},
    {"us-ascii", ""},
    {"ascii", ""},
    {"us", ""},
    {"ansi_x3.4-1968", ""},
    {"iso646-us", ""},
    {"x-unknown", ""},
    {"unknown", ""},
    {"unknown-8bit", ""},
    {"x-user-defined", ""},
    {"default", ""},
    {"default_charset", ""},
    {"utf8", "UTF-8"},
    {"utf-8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"unicode-1-1-utf-7", "UTF-7"},
    {"x-unicode-2-0-utf-7", "UTF-7"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"iso-8859-6-i", "iso-8859-6"},
    {"iso-8859-6-e", "iso-8859-6"},
    {"gb2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"cp936", "gb18030"},
    {"shift_jis", "windows-31j"},
    {"x-sjis", "windows-31j"},
    {"ks_c_5601-1987", "windows-949"},
    {"ks_c_5601", "windows-949"},
    {"euc-kr", "windows-949"},
    {"x-mac-roman", "macintosh"},
    {"x-euc-jp", "euc-jp"},
}};

// ICU reads options behind a comma and files behind a path in a converter's name.
bool is_plain_name(std::string_view name) {
  return name.size() < UCNV_MAX_CONVERTER_NAME_LENGTH &&
         std::all_of(
             name.begin(), name.end(),
             [](char c) {
               return is_alpha(c) || is_digit(c) ||
                      std::string_view("-_.:+()").find(c) != std::string_view::npos;
             });
}

// The name for ICU: lower case, without quotes, spaces and an RFC 2231 language, and by the
// aliases.
std::string converter_name(std::string_view charset) {
  charset = charset.substr(0, charset.find('*'));
  std::string name;
  for (const char c : charset.substr(0, 2 * UCNV_MAX_CONVERTER_NAME_LENGTH)) {
    if (!is_line_space(c) && c != '"' && c != '\'') name += to_lower(c);
  }
  for (const auto& [alias, meant] : kAliases) {
    if (name == alias) return meant;
  }
  return name;
}

// Octets that the charset does not have become U+FFFD, never a control character.
void replace_octets(const void*, UConverterToUnicodeArgs* arguments, const char*, std::int32_t,
                    UConverterCallbackReason reason, UErrorCode* error) {
  if (reason > UCNV_IRREGULAR) return;
  *error = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(arguments, &kReplacement, 1, 0, error);
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter open_converter(const std::string& name) {
  if (name.empty() || !is_plain_name(name)) return nullptr;
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.c_str(), &error));
  if (U_FAILURE(error)) return nullptr;
  ucnv_setToUCallBack(converter.get(), replace_octets, nullptr, nullptr, nullptr, &error);
  return U_FAILURE(error) ? nullptr : std::move(converter);
}

// The converters that this thread used last. Opening one costs more than converting a header.
class ConverterCache {
 public:
  // Null where ICU has no such charset. Stays open until the next call.
  UConverter* find(const std::string& name) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.first == name; });
    if (known != entries_.end()) {
      std::rotate(entries_.begin(), known, known + 1);
    } else {
      if (entries_.size() == kEntries) entries_.pop_back();
      entries_.insert(entries_.begin(), Entry(name, open_converter(name)));
    }
    return entries_.front().second.get();
  }

 private:
  // Mail of one account rarely has more charsets than this.
  static constexpr std::size_t kEntries = 16;
  using Entry = std::pair<std::string, Converter>;
  std::vector<Entry> entries_;
};

UConverter* converter_for(const std::string& name) {
  thread_local ConverterCache cache;
  return cache.find(name);
}

// UTF-16 as UTF-8. A high surrogate at the end waits in `held` for its other half.
void append_utf16(const char16_t* from, const char16_t* end, char16_t& held, std::string& out) {
  for (; from != end; ++from) {
    const char16_t unit = *from;
    const bool is_low = unit >= 0xdc00 && unit <= 0xdfff;
    if (held != 0) {
      const char16_t high = std::exchange(held, char16_t{0});
      if (is_low) {
        append_utf8(0x10000 + ((high - 0xd800U) << 10) + (unit - 0xdc00U), out);
        continue;
      }
      append_utf8(kReplacement, out);
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
      held = unit;
    } else {
      append_utf8(is_low ? kReplacement : unit, out);
    }
  }
}

std::string convert(std::string_view bytes, UConverter* converter) {
  ucnv_resetToUnicode(converter);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  std::array<char16_t, 1024> units;
  const char* from = bytes.data();
  const char* const end = from + bytes.size();
  char16_t held = 0;
  for (;;) {
    char16_t* to = units.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_toUnicode(converter, &to, units.data() + units.size(), &from, end, nullptr, true, &error);
    append_utf16(units.data(), to, held, out);
    if (error != U_BUFFER_OVERFLOW_ERROR) break;
  }
  if (held != 0) append_utf8(kReplacement, out);
  return out;
}

// The length of the valid UTF-8 character (RFC 3629 4) at the start of `text`, which is not empty,
// or 0.
std::size_t utf8_character(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = octet(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = octet(1);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return size;
}

// The octets up to the first that is not valid UTF-8.
std::size_t valid_utf8_prefix(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    at += ascii_prefix(bytes.substr(at));
    if (at == bytes.size()) break;
    const std::size_t size = utf8_character(bytes.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

std::string repaired_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    out += bytes.substr(0, valid);
    bytes.remove_prefix(valid);
    if (bytes.empty()) break;
    append_utf8(kReplacement, out);
    bytes.remove_prefix(1);
    while (!bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0xc0) == 0x80) {
      bytes.remove_prefix(1);
    }
  }
  return out;
}

// Text that does not say what it is: UTF-8 if it can be, since other text hardly ever is by chance.
std::string guess(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  UConverter* converter = converter_for("windows-1252");
  return converter != nullptr ? convert(bytes, converter) : repaired_utf8(bytes);
}

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  const std::string name = converter_name(charset);
  if (name.empty()) return guess(bytes);
  if (name == "UTF-8") return repaired_utf8(bytes);
  UConverter* converter = converter_for(name);
  return converter != nullptr ? convert(bytes, converter) : guess(bytes);
}

bool is_known_charset(std::string_view charset) {
  const std::string name = converter_name(charset);
  if (name == "UTF-8") return true;
  if (name.empty()) {
    return equal_ignoring_case(charset, "us-ascii") || equal_ignoring_case(charset, "ascii") ||
           equal_ignoring_case(charset, "ansi_x3.4-1968");
  }
  return converter_for(name) != nullptr;
}

bool is_valid_utf8(std::string_view bytes) {
  return valid_utf8_prefix(bytes) == bytes.size();
}

}  // namespace mailkeep::mime
