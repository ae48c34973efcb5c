#include "protocol/imap/wire/encoder.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

#include "protocol/imap/wire/calendar.h"
#include "protocol/imap/wire/characters.h"
#include "protocol/imap/wire/mailbox_name.h"

namespace mailkeep::imap {
namespace {

// Longer strings are literals, so that clients with small line buffers can read them.
constexpr std::size_t kMaxQuotedBytes = 1'000;
constexpr std::size_t kMaxAtomBytes = 250;
constexpr char kNulReplacement = '\x80';

// All classes that occur.
std::uint8_t classes_in(std::string_view octets) {
  std::uint8_t classes = 0;
  for (const char c : octets) classes |= classes_of(c);
  return classes;
}

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

// `width` digits of a number that has no more of them.
void put_digits(char* to, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// Appends `count` octets, which `fill` writes.
template <class Fill>
void append_filled(std::string& out, std::size_t count, Fill fill) {
  const std::size_t before = out.size();
  // Not the size that is given: libstdc++ 12 gives the new capacity.
  out.resize_and_overwrite(before + count, [&](char* data, std::size_t) {
    fill(data + before);
    return before + count;
  });
}

bool is_atom(std::string_view text) {
  return text.size() <= kMaxAtomBytes && all_are(text, character::atom);
}

constexpr struct {
  store::FlagBits bit;
  std::string_view name;
} kSystemFlags[] = {
    {store::flag::answered, "\\Answered"}, {store::flag::flagged, "\\Flagged"},
    {store::flag::deleted, "\\Deleted"},   {store::flag::seen, "\\Seen"},
    {store::flag::draft, "\\Draft"},
};

}  // namespace

Encoder& Encoder::number(std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out_->append(digits, end);
  return *this;
}

Encoder& Encoder::string(std::string_view octets) {
  if (octets.size() > kMaxQuotedBytes) return literal(octets);
  const std::uint8_t classes = classes_in(octets);
  if ((classes & character::text_break) != 0) return literal(octets);
  if ((classes & character::eight_bit) != 0 && !(utf8_ && is_utf8(octets))) return literal(octets);
  if ((classes & character::escaped) == 0) {
    append_filled(*out_, octets.size() + 2, [&](char* to) {
      *to++ = '"';
      to = put(to, octets);
      *to = '"';
    });
    return *this;
  }
  *out_ += '"';
  for (const char c : octets) {
    if ((classes_of(c) & character::escaped) != 0) *out_ += '\\';
    *out_ += c;
  }
  *out_ += '"';
  return *this;
}

Encoder& Encoder::nstring(std::optional<std::string_view> octets) {
  return octets ? string(*octets) : raw("NIL");
}

Encoder& Encoder::astring(std::string_view octets) {
  const bool atom = octets.size() <= kMaxAtomBytes && all_are(octets, character::astring) &&
                    !equal_ignoring_case(octets, "NIL");
  return atom ? raw(octets) : string(octets);
}

Encoder& Encoder::literal(std::string_view octets) {
  return literal_header(octets.size()).literal_octets(octets);
}

Encoder& Encoder::literal8(std::string_view octets) {
  return raw("~").literal_header(octets.size()).raw(octets);
}

Encoder& Encoder::literal_header(std::uint64_t octets) {
  return raw("{").number(octets).raw("}\r\n");
}

Encoder& Encoder::literal_octets(std::string_view octets) {
  const std::size_t begin = out_->size();
  out_->append(octets);
  char* at = out_->data() + begin;
  char* const end = out_->data() + out_->size();
  while ((at = static_cast<char*>(std::memchr(at, '\0', static_cast<std::size_t>(end - at)))) !=
         nullptr) {
    *at++ = kNulReplacement;
  }
  return *this;
}

Encoder& Encoder::mailbox(std::string_view utf8_name) {
  return utf8_ ? astring(utf8_name) : astring(encode_mailbox_name(utf8_name));
}

// RFC 3501 9 date-time. What its four digits of a year cannot say is shown as the nearest they can.
Encoder& Encoder::date_time(const store::InternalDate& date) {
  using std::chrono::days;
  constexpr std::int64_t kFirst = -62'167'219'200;  // 0000-01-01 00:00:00
  constexpr std::int64_t kLast = 253'402'300'799;   // 9999-12-31 23:59:59
  const std::int32_t zone = std::clamp(date.zone_minutes, -(24 * 60 - 1), 24 * 60 - 1);
  const std::int64_t local =
      std::clamp(std::clamp(date.seconds, kFirst, kLast) + zone * 60, kFirst, kLast);
  const std::chrono::sys_seconds time{std::chrono::seconds{local}};
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day calendar{day};
  const auto second = static_cast<unsigned>((time - day).count());
  const auto zone_size = static_cast<unsigned>(zone < 0 ? -zone : zone);
  char text[] = "\"dd-Mon-yyyy hh:mm:ss +zzzz\"";
  const auto day_of_month = static_cast<unsigned>(calendar.day());
  put_digits(text + 1, day_of_month, 2);
  if (day_of_month < 10) text[1] = ' ';
  put(text + 4, kMonths[static_cast<unsigned>(calendar.month()) - 1]);
  put_digits(text + 8, static_cast<unsigned>(static_cast<int>(calendar.year())), 4);
  put_digits(text + 13, second / 3'600, 2);
  put_digits(text + 16, second / 60 % 60, 2);
  put_digits(text + 19, second % 60, 2);
  text[22] = zone < 0 ? '-' : '+';
  put_digits(text + 23, zone_size / 60, 2);
  put_digits(text + 25, zone_size % 60, 2);
  return raw(text);
}

Encoder& Encoder::uid_set(const store::UidSet& uids) {
  bool first = true;
  for (const auto& range : uids.ranges()) {
    if (!first) raw(",");
    first = false;
    number(range.first);
    if (range.last != range.first) raw(":").number(range.last);
  }
  return *this;
}

Encoder& Encoder::flag_list(store::FlagBits flags, const std::vector<std::string>& keywords,
                            bool recent) {
  raw("(");
  bool first = true;
  const auto put_flag = [&](std::string_view name) {
    if (!first) raw(" ");
    first = false;
    raw(name);
  };
  for (const auto& known : kSystemFlags) {
    if ((flags & known.bit) != 0) put_flag(known.name);
  }
  if (recent) put_flag("\\Recent");
  store::FlagBits left = flags >> store::kFirstKeywordBit;
  for (std::size_t i = 0; left != 0 && i < keywords.size(); ++i, left >>= 1) {
    // The grammar has atoms only; nothing else can be said of a keyword.
    if ((left & 1) != 0 && is_atom(keywords[i])) put_flag(keywords[i]);
  }
  return raw(")");
}

// RFC 3501 9 text. A '[' at its begin would be taken for a response code.
Encoder& Encoder::text(std::string_view text) {
  return write_text(text, character::quoted | character::escaped);
}

Encoder& Encoder::utf8_text(std::string_view text) {
  return write_text(text, character::quoted | character::escaped | character::eight_bit);
}

Encoder& Encoder::write_text(std::string_view text, unsigned allowed) {
  if (text.empty()) return raw("Done");
  const std::size_t begin = out_->size();
  out_->append(text);
  for (std::size_t i = begin; i < out_->size(); ++i) {
    char& c = (*out_)[i];
    if ((classes_of(c) & allowed) == 0) c = '?';
  }
  if ((*out_)[begin] == '[') (*out_)[begin] = '(';
  return *this;
}

}  // namespace mailkeep::imap
