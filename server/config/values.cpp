#include "server/config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace mailkeep::server {

namespace {

struct Amount {
  std::uint64_t number;
  std::string_view unit;
};

// "30m" -> 30, "m".
std::optional<Amount> split(std::string_view text) {
  Amount amount{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, amount.number);
  if (error != std::errc{}) return std::nullopt;
  amount.unit = {rest, static_cast<std::size_t>(end - rest)};
  return amount;
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// `text` in the smallest unit, none where it is malformed or more than `most`.
std::optional<std::uint64_t> measure(std::string_view text, const auto& units, std::uint64_t most) {
  const std::optional<Amount> amount = split(text);
  if (!amount) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != amount->unit) continue;
    if (amount->number > most / unit.factor) return std::nullopt;
    return amount->number * unit.factor;
  }
  return std::nullopt;
}

constexpr std::array kSizeUnits{Unit{"", 1}, Unit{"K", 1ULL << 10}, Unit{"M", 1ULL << 20},
                                Unit{"G", 1ULL << 30}, Unit{"T", 1ULL << 40}};
constexpr std::array kDurationUnits{Unit{"", 1000},    Unit{"ms", 1},        Unit{"s", 1000},
                                    Unit{"m", 60'000}, Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
constexpr std::uint64_t kLongestDuration = 3650ULL * 86'400'000;

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t column = 0; column <= right.size(); ++column) row[column] = column;
  for (std::size_t line = 1; line <= left.size(); ++line) {
    std::size_t diagonal = row[0];
    row[0] = line;
    for (std::size_t column = 1; column <= right.size(); ++column) {
      const std::size_t replaced = diagonal + (left[line - 1] == right[column - 1] ? 0 : 1);
      diagonal = row[column];
      row[column] = std::min({replaced, row[column] + 1, row[column - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

Value<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  const std::optional<Amount> amount = split(text);
  if (!amount || !amount->unit.empty() || amount->number < least || amount->number > most) {
    return std::unexpected(fmt::format("is not a number from {} to {}", least, most));
  }
  return amount->number;
}

Value<std::uint64_t> parse_size(std::string_view text) {
  const auto size = measure(text, kSizeUnits, std::numeric_limits<std::int64_t>::max());
  if (!size) return std::unexpected("is not a size (64M, 512K, 1G, or octets: 1000000)");
  return *size;
}

Value<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto duration = measure(text, kDurationUnits, kLongestDuration);
  if (!duration) return std::unexpected("is not a duration (30m, 90s, 500ms, 2h, 1d)");
  return std::chrono::milliseconds(*duration);
}

Value<std::string> parse_hostname(std::string_view text) {
  const auto allowed = [](unsigned char octet) {
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= '0' && octet <= '9') || octet == '-' || octet == '.';
  };
  if (text.empty() || text.size() > 253 || !std::ranges::all_of(text, allowed)) {
    return std::unexpected("is not a host name (letters, digits, - and .)");
  }
  return std::string(text);
}

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& words) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string_view word : words) {
    const std::size_t distance = edit_distance(text, word);
    if (distance < best_distance) {
      best = word;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace mailkeep::server
