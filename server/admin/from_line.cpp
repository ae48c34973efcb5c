#include "server/admin/from_line.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "mime/text/ascii.h"

namespace mailkeep::server {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// The index of a name, or -1.
template <std::size_t size>
int index_of(const std::array<std::string_view, size>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

// One to `most` digits, or -1.
int number(std::string_view text, std::size_t most) {
  if (text.empty() || text.size() > most) return -1;
  int value = 0;
  for (const char c : text) {
    if (!mime::is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "hh:mm" or "hh:mm:ss" as seconds of the day.
std::optional<int> parse_time(std::string_view text) {
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  if (text[2] != ':' || (text.size() == 8 && text[5] != ':')) return std::nullopt;
  const int hour = number(text.substr(0, 2), 2);
  const int minute = number(text.substr(3, 2), 2);
  const int second = text.size() == 8 ? number(text.substr(6, 2), 2) : 0;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  return (hour * 60 + minute) * 60 + second;
}

// "+0100" in minutes.
std::optional<int> parse_zone(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int hours = number(text.substr(1, 2), 2);
  const int minutes = number(text.substr(3, 2), 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

// `words` from the name of the day on: "Thu Jan 1 00:00:00 [zone] 1970 [zone]".
std::optional<store::InternalDate> parse_words(const std::vector<std::string_view>& words,
                                               std::size_t begin) {
  const int month = index_of(kMonths, words[begin + 1]);
  const int day = number(words[begin + 2], 2);
  const auto time = parse_time(words[begin + 3]);
  if (index_of(kDays, words[begin]) < 0 || month < 0 || day < 1 || !time) return std::nullopt;
  int year = -1;
  int zone = 0;
  // The year is at most the second word after the time; a zone stands beside it.
  for (std::size_t i = begin + 4; i < std::min(begin + 7, words.size()); ++i) {
    if (const auto found = parse_zone(words[i])) zone = *found;
    if (year < 0 && words[i].size() == 4) year = number(words[i], 4);
  }
  if (year < 1900) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month) + 1),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  const std::chrono::sys_seconds midnight = std::chrono::sys_days(date);
  return store::InternalDate{midnight.time_since_epoch().count() + *time - zone * 60, zone};
}

}  // namespace

std::optional<store::InternalDate> parse_from_line(std::string_view line) {
  if (!line.starts_with("From ")) return std::nullopt;
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > 1000) return std::nullopt;
  const std::vector<std::string_view> words = words_of(line);
  for (std::size_t i = 1; i + 4 < words.size(); ++i) {
    if (const auto date = parse_words(words, i)) return date;
  }
  return std::nullopt;
}

std::string make_from_line(store::InternalDate date) {
  const std::chrono::sys_seconds time{
      std::chrono::seconds(date.seconds + std::int64_t{date.zone_minutes} * 60)};
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day day(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  const int zone = std::abs(date.zone_minutes);
  const std::string zone_text =
      zone == 0
          ? ""
          : fmt::format(" {}{:02}{:02}", date.zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
  return fmt::format("From MAILER-DAEMON {} {} {:2} {:02}:{:02}:{:02} {:04}{}",
                     kDays[std::chrono::weekday(midnight).c_encoding()],
                     kMonths[static_cast<unsigned>(day.month()) - 1],
                     static_cast<unsigned>(day.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), static_cast<int>(day.year()),
                     zone_text);
}

bool is_quoted_or_from(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of('>'), line.size()));
  return line.starts_with("From ");
}

}  // namespace mailkeep::server
