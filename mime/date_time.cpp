#include "mime/date_time.h"

#include <array>
#include <chrono>
#include <utility>

#include "mime/field_scanner.h"
#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

// RFC 5322 4.3 zones, and those that mail still has beside them, in hours.
constexpr std::array<std::pair<std::string_view, int>, 17> kZones{{
    {"ut", 0},
    {"utc", 0},
    {"gmt", 0},
    {"z", 0},
    {"est", -5},
    {"edt", -4},
    {"cst", -6},
    {"cdt", -5},
    {"mst", -7},
    {"mdt", -6},
    {"pst", -8},
    {"pdt", -7},
    {"cet", 1},
    {"cest", 2},
    {"met", 1},
    {"mest", 2},
    {"jst", 9},
}};

constexpr std::int64_t kSecondsPerMinute = 60;
constexpr std::int64_t kSecondsPerDay = 24 * 60 * kSecondsPerMinute;
constexpr int kMinutesPerDay = 24 * 60;

// A run of digits or letters with a sign before it, perhaps.
struct Word {
  std::string_view text;
  char before = '\0';  // the character just before it: '+', '-', ':' or something else
  bool number = false;
};

std::optional<int> number_of(std::string_view digits) {
  if (digits.empty() || digits.size() > 6) return std::nullopt;
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

// 0 to 11, by the first three letters, or nothing.
std::optional<int> month_of(std::string_view word) {
  if (word.size() < 3) return std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (equal_ignoring_case(word.substr(0, 3), kMonths[i])) return static_cast<int>(i);
  }
  return std::nullopt;
}

// RFC 5322 4.3: two digits up to 49 are of this century, others and three digits count from 1900.
int full_year(int year, std::size_t digits) {
  if (digits >= 4) return year;
  if (digits <= 2 && year <= 49) return year + 2000;
  return year + 1900;
}

class DateParser {
 public:
  explicit DateParser(std::string_view value) : scanner_(value) {}

  std::optional<DateTime> parse() {
    while (std::optional<Word> word = next_word()) {
      if (word->number) {
        take_number(*word);
      } else {
        take_name(*word);
      }
    }
    return result();
  }

 private:
  std::optional<Word> next_word() {
    for (;;) {
      scanner_.skip_space();
      if (scanner_.at_end()) return std::nullopt;
      Word word;
      word.before = std::exchange(separator_, '\0');
      if (is_digit(scanner_.peek())) {
        word.text = scanner_.take_while(is_digit);
        word.number = true;
        return word;
      }
      word.text = scanner_.take_while(is_alpha);
      if (!word.text.empty()) return word;
      separator_ = scanner_.peek();
      scanner_.skip();
    }
  }

  void take_name(const Word& word) {
    if (!month_) {
      // A day of the week is passed over; it says nothing that the date does not.
      if (const auto month = month_of(word.text)) {
        month_ = month;
        return;
      }
    }
    // "T" between date and time is that of ISO 8601, not a zone.
    if (hour_ && !zone_minutes_) take_zone_name(word.text);
  }

  void take_zone_name(std::string_view name) {
    for (const auto& [known, hours] : kZones) {
      if (equal_ignoring_case(name, known)) zone_minutes_ = hours * 60;
    }
    if (equal_ignoring_case(name, "am") || equal_ignoring_case(name, "pm")) {
      const bool afternoon = to_lower(name.front()) == 'p';
      if (*hour_ <= 12) hour_ = *hour_ % 12 + (afternoon ? 12 : 0);
    }
  }

  void take_number(const Word& word) {
    const std::optional<int> parsed = number_of(word.text);
    if (!parsed) return;
    const int number = *parsed;
    if (scanner_.at(':') && !hour_) {
      hour_ = number;
    } else if (hour_ && word.before == ':' && !minute_) {
      minute_ = number;
    } else if (hour_ && word.before == ':' && !second_) {
      second_ = number;
    } else if (hour_ && (word.before == '+' || word.before == '-') && year_) {
      take_zone_offset(word, number);
    } else if (hour_ && word.before == '.' && second_) {
      return;  // a fraction of a second
    } else if (!day_ && !month_ && word.text.size() == 4 && !year_) {
      year_ = number;  // ISO 8601 order
      year_digits_ = 4;
    } else if (year_ && year_digits_ == 4 && !month_ && !day_ && word.before == '-') {
      month_ = number - 1;
    } else if (!day_) {
      day_ = number;
    } else if (!year_) {
      year_ = number;
      year_digits_ = word.text.size();
    }
  }

  // "+0200", and "+02:00" and "+2" as some programs write it.
  void take_zone_offset(const Word& word, int number) {
    if (zone_minutes_ && zone_given_) return;
    int minutes = word.text.size() >= 3 ? number / 100 * 60 + number % 100 : number * 60;
    if (word.text.size() <= 2 && scanner_.at(':')) {
      scanner_.skip();
      minutes += number_of(scanner_.take_while(is_digit)).value_or(0);
    }
    if (minutes >= kMinutesPerDay) return;
    zone_minutes_ = word.before == '-' ? -minutes : minutes;
    zone_given_ = true;
  }

  std::optional<DateTime> result() const {
    if (!day_ || !month_ || !year_) return std::nullopt;
    const int year = full_year(*year_, year_digits_);
    if (year > 9999) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(*month_ + 1)),
                                           std::chrono::day(static_cast<unsigned>(*day_))};
    if (*month_ < 0 || *day_ > 31 || !date.ok()) return std::nullopt;
    const int hour = hour_.value_or(0);
    const int minute = minute_.value_or(0);
    const int second = second_.value_or(0);
    if (hour > 24 || minute > 59 || second > 60) return std::nullopt;

    DateTime time;
    time.zone_minutes = zone_minutes_.value_or(0);
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    time.seconds = days * kSecondsPerDay +
                   (hour * 60 + minute - time.zone_minutes) * kSecondsPerMinute + second;
    return time;
  }

  FieldScanner scanner_;
  char separator_ = '\0';
  std::optional<int> day_;
  std::optional<int> month_;  // 0 to 11
  std::optional<int> year_;
  std::size_t year_digits_ = 0;
  std::optional<int> hour_;
  std::optional<int> minute_;
  std::optional<int> second_;
  std::optional<int> zone_minutes_;
  bool zone_given_ = false;
};

}  // namespace

std::int64_t DateTime::local_day() const {
  const std::int64_t local = seconds + zone_minutes * kSecondsPerMinute;
  const std::int64_t day = local / kSecondsPerDay;
  return local % kSecondsPerDay < 0 ? day - 1 : day;
}

std::optional<DateTime> parse_date(std::string_view value) {
  // The longest dates of real mail are under 100 octets; what follows is comment.
  constexpr std::size_t kInterpretedBytes = 1024;
  std::string flat;
  flatten(value, kInterpretedBytes, flat);
  return DateParser(flat).parse();
}

}  // namespace mailkeep::mime
