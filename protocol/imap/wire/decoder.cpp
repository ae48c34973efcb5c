#include "protocol/imap/wire/decoder.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <tuple>
#include <utility>

#include "protocol/imap/wire/calendar.h"
#include "protocol/imap/wire/characters.h"
#include "protocol/imap/wire/mailbox_name.h"
#include "protocol/imap/wire/sequence_set.h"

namespace mailkeep::imap {
namespace {

constexpr std::size_t kMaxFlags = 1'000;  // in one list; a mailbox has room for far fewer

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Exactly `digits` digits at `position`, or -1.
int fixed_number(std::string_view text, std::size_t position, std::size_t digits) {
  if (position + digits > text.size()) return -1;
  int value = 0;
  for (std::size_t i = position; i < position + digits; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// 1 to 12, or 0.
unsigned month_number(std::string_view name) {
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (equal_ignoring_case(name, kMonths[i])) return i + 1;
  }
  return 0;
}

// "-Mon-yyyy" behind a day, as a day since 1970-01-01.
std::optional<std::int64_t> day_number(int day, std::string_view month_and_year) {
  if (month_and_year.size() != 9 || month_and_year[0] != '-' || month_and_year[4] != '-') return {};
  const unsigned month = month_number(month_and_year.substr(1, 3));
  const int year = fixed_number(month_and_year, 5, 4);
  if (day < 1 || month == 0 || year < 0) return {};
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return {};
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

// RFC 3501 9: date-time = date-day-fixed "-" date-month "-" date-year SP time SP zone, between its
// quotes.
std::optional<store::InternalDate> parse_date_time(std::string_view text) {
  if (text.size() != 26 || text[11] != ' ' || text[14] != ':' || text[17] != ':' ||
      text[20] != ' ' || (text[21] != '+' && text[21] != '-')) {
    return {};
  }
  const int day = text[0] == ' ' ? fixed_number(text, 1, 1) : fixed_number(text, 0, 2);
  const auto days = day_number(day, text.substr(2, 9));
  const int hour = fixed_number(text, 12, 2);
  const int minute = fixed_number(text, 15, 2);
  const int second = fixed_number(text, 18, 2);
  const int zone_hour = fixed_number(text, 22, 2);
  const int zone_minute = fixed_number(text, 24, 2);
  if (!days || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
      zone_hour < 0 || zone_hour > 23 || zone_minute < 0 || zone_minute > 59) {
    return {};
  }
  const int zone = (zone_hour * 60 + zone_minute) * (text[21] == '-' ? -1 : 1);
  return store::InternalDate{
      .seconds = *days * 86'400 + hour * 3'600 + minute * 60 + second - zone * 60,
      .zone_minutes = zone};
}

store::FlagBits system_flag(std::string_view name) {
  if (equal_ignoring_case(name, "Seen")) return store::flag::seen;
  if (equal_ignoring_case(name, "Answered")) return store::flag::answered;
  if (equal_ignoring_case(name, "Flagged")) return store::flag::flagged;
  if (equal_ignoring_case(name, "Deleted")) return store::flag::deleted;
  if (equal_ignoring_case(name, "Draft")) return store::flag::draft;
  return 0;
}

void add_keyword(store::FlagSet& flags, std::string_view name) {
  for (const std::string& known : flags.keywords) {
    if (equal_ignoring_case(known, name)) return;
  }
  flags.keywords.emplace_back(name);
}

}  // namespace

bool Decoder::accept(char c) {
  if (at_end() || text_[position_] != c) return false;
  ++position_;
  return true;
}

bool Decoder::accept_word(std::string_view word) {
  const std::string_view left = rest();
  if (!equal_ignoring_case(left.substr(0, word.size()), word)) return false;
  if (left.size() > word.size() && (classes_of(left[word.size()]) & character::atom) != 0) {
    return false;
  }
  position_ += word.size();
  return true;
}

bool Decoder::accept_prefix(std::string_view prefix) {
  if (!equal_ignoring_case(rest().substr(0, prefix.size()), prefix)) return false;
  position_ += prefix.size();
  return true;
}

Parsed<void> Decoder::sp() {
  if (!accept(' ')) return fail("expected a space");
  return {};
}

Parsed<void> Decoder::expect(char c) {
  if (!accept(c)) return fail(std::string("expected '") + c + "'");
  return {};
}

// Spaces at the end of a line mean nothing, and some clients send them.
Parsed<void> Decoder::end() {
  while (accept(' ')) {
  }
  if (!at_end()) return fail("expected the end of the command");
  return {};
}

std::string_view Decoder::take_while(std::uint8_t classes) {
  const std::size_t begin = position_;
  while (!at_end() && (classes_of(text_[position_]) & classes) != 0) ++position_;
  return text_.substr(begin, position_ - begin);
}

Parsed<std::string_view> Decoder::atom() {
  const std::string_view text = take_while(character::atom);
  if (text.empty()) return fail("expected an atom");
  return text;
}

Parsed<std::string_view> Decoder::tag() {
  const std::string_view text = take_while(character::tag);
  if (text.empty()) return fail("expected a tag");
  return text;
}

Parsed<std::string> Decoder::string() {
  if (peek() == '"') return quoted();
  if (peek() == '{') return literal();
  return fail("expected a string");
}

// RFC 9051 9 QUOTED-CHAR. Octets that are not US-ASCII are taken as they come: RFC 9051 allows
// UTF-8 there, and clients of RFC 3501 servers send it in names and passwords all the same.
Parsed<std::string> Decoder::quoted() {
  const std::size_t begin = position_++;
  std::string value;
  while (!at_end()) {
    const std::string_view plain = take_while(character::quoted | character::eight_bit);
    value += plain;
    if (at_end()) break;
    const char c = text_[position_];
    if (c == '"') {
      ++position_;
      return value;
    }
    if (c != '\\') return fail("no line break or NUL can be in a quoted string");
    ++position_;
    if (peek() != '"' && peek() != '\\') return fail("expected '\"' or '\\' behind a backslash");
    value += text_[position_++];
  }
  position_ = begin;
  return fail("quoted string without an end");
}

// RFC 3501 9 literal, RFC 7888: "{" number ["+"] "}" CRLF *CHAR8.
Parsed<std::string> Decoder::literal() {
  const auto octets = literal_header();
  if (!octets) return std::unexpected(octets.error());
  if (*octets > text_.size() - position_) return fail("literal longer than the command");
  const std::string_view value = text_.substr(position_, static_cast<std::size_t>(*octets));
  const std::size_t nul = value.find('\0');
  if (nul != std::string_view::npos) {
    position_ += nul;
    return fail("no NUL can be in a literal");
  }
  position_ += value.size();
  return std::string(value);
}

Parsed<std::string> Decoder::literal8() {
  if (auto tilde = expect('~'); !tilde) return std::unexpected(tilde.error());
  const auto octets = literal_header();
  if (!octets) return std::unexpected(octets.error());
  if (*octets > text_.size() - position_) return fail("literal longer than the command");
  const std::string_view value = text_.substr(position_, static_cast<std::size_t>(*octets));
  position_ += value.size();
  return std::string(value);
}

Parsed<std::uint64_t> Decoder::literal_header() {
  if (auto open = expect('{'); !open) return std::unexpected(open.error());
  auto octets = number64();
  if (!octets) return octets;
  accept('+');
  for (const char c : {'}', '\r', '\n'}) {
    if (!accept(c)) return fail("expected the end of a literal's header");
  }
  return octets;
}

Parsed<std::string> Decoder::astring() {
  if (peek() == '"' || peek() == '{') return string();
  const std::string_view text = take_while(character::astring);
  if (text.empty()) return fail("expected an atom or a string");
  return std::string(text);
}

Parsed<std::optional<std::string>> Decoder::nstring() {
  if (accept_word("NIL")) return std::nullopt;
  auto value = string();
  if (!value) return std::unexpected(value.error());
  return std::optional<std::string>(std::move(*value));
}

Parsed<std::string> Decoder::list_mailbox() {
  if (peek() == '"' || peek() == '{') return string();
  const std::string_view text = take_while(character::list);
  if (text.empty()) return fail("expected a mailbox name or pattern");
  return std::string(text);
}

Parsed<std::string> Decoder::mailbox() {
  const std::size_t begin = position_;
  auto name = astring();
  if (!name) return name;
  if (!grammar_->utf8) {
    auto decoded = decode_mailbox_name(*name);
    if (!decoded) {
      position_ = begin;
      return fail("mailbox name is not modified UTF-7");
    }
    name = std::move(*decoded);
  } else if (!is_utf8(*name)) {
    position_ = begin;
    return fail("mailbox name is not UTF-8");
  }
  return normalize_inbox(*name);
}

Parsed<std::uint64_t> Decoder::number64() {
  const std::size_t begin = position_;
  std::uint64_t value = 0;
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  while (is_digit(peek())) {
    const auto digit = static_cast<std::uint64_t>(peek() - '0');
    if (value > (kMax - digit) / 10) {
      position_ = begin;
      return fail("number too large");
    }
    value = value * 10 + digit;
    ++position_;
  }
  if (position_ == begin) return fail("expected a number");
  return value;
}

Parsed<std::uint32_t> Decoder::number() {
  const std::size_t begin = position_;
  const auto value = number64();
  if (!value) return std::unexpected(value.error());
  if (*value > std::numeric_limits<std::uint32_t>::max()) {
    position_ = begin;
    return fail("number too large");
  }
  return static_cast<std::uint32_t>(*value);
}

Parsed<std::uint32_t> Decoder::nz_number() {
  const std::size_t begin = position_;
  const auto value = number();
  if (value && *value == 0) {
    position_ = begin;
    return fail("expected a number above 0");
  }
  return value;
}

// RFC 3501 9: sequence-set = (seq-number / seq-range) *("," sequence-set), or "$" (RFC 5182 3).
Parsed<SequenceSet> Decoder::sequence_set() {
  if (allows(Capability::search_res) && accept('$')) return SequenceSet::saved_result();
  SequenceSet set;
  if (!is_digit(peek()) && peek() != '*') return fail("expected a sequence set");
  do {
    SequenceSet::Range range{};
    const auto first = sequence_number();
    if (!first) return std::unexpected(first.error());
    range.first = range.last = *first;
    if (accept(':')) {
      const auto last = sequence_number();
      if (!last) return std::unexpected(last.error());
      range.last = *last;
    }
    set.add(range);
  } while (accept(','));
  return set;
}

Parsed<SequenceSet> Decoder::known_set() {
  const std::size_t begin = position_;
  auto set = sequence_set();
  if (!set) return set;
  const bool star = std::ranges::any_of(set->ranges(), [](const SequenceSet::Range& range) {
    return range.first == SequenceSet::kStar || range.last == SequenceSet::kStar;
  });
  if (!star) return set;
  position_ = begin;
  return fail("no '*' can be in this set");
}

Parsed<void> Decoder::allow_numbers() const {
  if (!grammar_->uid_only) return {};
  return std::unexpected(
      SyntaxError{position_, "with UIDONLY there are no sequence numbers", "UIDREQUIRED"});
}

// RFC 9394 4: partial-range-first / partial-range-last.
Parsed<PlaceRange> Decoder::place_range() {
  PlaceRange range;
  range.from_end = accept('-');
  const auto first = nz_number();
  if (!first) return std::unexpected(first.error());
  if (auto colon = expect(':'); !colon) return std::unexpected(colon.error());
  if (range.from_end) {
    if (auto minus = expect('-'); !minus) return std::unexpected(minus.error());
  }
  const auto last = nz_number();
  if (!last) return std::unexpected(last.error());
  std::tie(range.first, range.last) = std::minmax(*first, *last);
  return range;
}

Parsed<std::uint32_t> Decoder::sequence_number() {
  if (accept('*')) return SequenceSet::kStar;
  return nz_number();
}

// RFC 3501 9 flag: of the flags with a backslash only those that a client may set.
Parsed<void> Decoder::flag(store::FlagSet& flags) {
  const std::size_t begin = position_;
  const bool system = accept('\\');
  const auto name = atom();
  if (!name) {
    position_ = begin;
    return fail("expected a flag");
  }
  if (system) {
    const store::FlagBits bit = system_flag(*name);
    if (bit == 0) {
      position_ = begin;
      return fail("no such system flag can be set");
    }
    flags.system |= bit;
    return {};
  }
  if (name->size() > store::kMaxKeywordBytes) {
    position_ = begin;
    return fail("keyword too long");
  }
  if (flags.keywords.size() >= kMaxFlags) return fail("too many flags");
  add_keyword(flags, *name);
  return {};
}

Parsed<store::FlagSet> Decoder::flag_list() {
  store::FlagSet flags;
  if (auto open = expect('('); !open) return std::unexpected(open.error());
  if (accept(')')) return flags;
  do {
    if (auto one = flag(flags); !one) return std::unexpected(one.error());
  } while (accept(' '));
  if (auto close = expect(')'); !close) return std::unexpected(close.error());
  return flags;
}

Parsed<store::FlagSet> Decoder::flags() {
  if (peek() == '(') return flag_list();
  store::FlagSet flags;
  do {
    if (auto one = flag(flags); !one) return std::unexpected(one.error());
  } while (accept(' '));
  return flags;
}

Parsed<store::InternalDate> Decoder::date_time() {
  const std::size_t begin = position_;
  if (!accept('"')) return fail("expected a date and time");
  const std::size_t length = rest().find('"');
  if (length != std::string_view::npos) {
    if (const auto date = parse_date_time(rest().substr(0, length))) {
      position_ += length + 1;
      return *date;
    }
  }
  position_ = begin;
  return fail("expected a date and time such as \"17-Jul-1996 02:44:25 -0700\"");
}

// RFC 3501 9: date = date-text / DQUOTE date-text DQUOTE; date-text = 1*2DIGIT "-" month "-" year.
Parsed<std::int64_t> Decoder::date() {
  const std::size_t begin = position_;
  const bool quotes = accept('"');
  const std::size_t digits = rest().find('-');
  if (digits == 1 || digits == 2) {
    const auto day = day_number(fixed_number(rest(), 0, digits), rest().substr(digits, 9));
    if (day) {
      position_ += digits + 9;
      if (!quotes || accept('"')) return *day;
    }
  }
  position_ = begin;
  return fail("expected a date such as 17-Jul-1996");
}

}  // namespace mailkeep::imap
