#include "protocol/lmtp/trace.h"

#include <array>
#include <atomic>
#include <random>

#include <fmt/format.h>

namespace mailkeep::lmtp {

std::string received_field(const ReceivedInfo& info) {
  std::string field = "Received:";
  if (!info.client.empty()) field += fmt::format(" from {} ({})\r\n\t", info.client, info.peer);
  if (info.client.empty()) field += ' ';
  field += fmt::format("by {} with {} id {}", info.hostname, info.protocol, info.id);
  if (!info.recipient.empty()) field += fmt::format("\r\n\tfor <{}>", info.recipient);
  return field + fmt::format(";\r\n\t{}\r\n", format_date(info.time));
}

std::string format_date(std::chrono::system_clock::time_point time) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
  return fmt::format(
      "{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(days).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string new_message_id() {
  // A start that differs between runs, and a count.
  static const std::uint64_t kRun = [] {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }();
  static std::atomic<std::uint64_t> count{0};
  return fmt::format("{:012x}{:06x}", kRun >> 16, ++count);
}

}  // namespace mailkeep::lmtp
