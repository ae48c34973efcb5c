#include "server/admin/progress.h"

#include <algorithm>
#include <array>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

namespace mailkeep::server {
namespace {

constexpr auto kDrawEvery = std::chrono::milliseconds(100);
constexpr auto kLineEvery = std::chrono::seconds(10);
constexpr std::size_t kBarWidth = 20;

}  // namespace

bool is_terminal(const std::ostream& stream) {
  if (&stream == &std::cerr) return ::isatty(STDERR_FILENO) != 0;
  return &stream == &std::cout && ::isatty(STDOUT_FILENO) != 0;
}

Progress::Progress(std::ostream& out, bool terminal, std::string verb, std::uint64_t total_bytes,
                   Clock::time_point now)
    : out_(out),
      terminal_(terminal),
      verb_(std::move(verb)),
      total_bytes_(total_bytes),
      start_(now),
      next_(terminal ? now : now + kLineEvery) {}

Progress::~Progress() {
  clear_bar();
}

void Progress::update(std::uint64_t bytes, std::uint64_t messages, Clock::time_point now) {
  if (now < next_) return;
  next_ = now + (terminal_ ? Clock::duration(kDrawEvery) : Clock::duration(kLineEvery));
  if (terminal_) {
    out_ << '\r' << bar(bytes, messages, now) << "\x1b[K" << std::flush;
    bar_shown_ = true;
  } else {
    out_ << verb_ << ' ' << messages << " messages\n" << std::flush;
  }
}

void Progress::say(std::string_view line) {
  clear_bar();
  out_ << line << '\n' << std::flush;
}

void Progress::clear_bar() {
  if (bar_shown_) out_ << "\r\x1b[K" << std::flush;
  bar_shown_ = false;
}

std::string Progress::bar(std::uint64_t bytes, std::uint64_t messages,
                          Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(messages) / seconds : 0;
  std::string counts = fmt::format("{} messages  {}/s", with_separators(messages),
                                   with_separators(static_cast<std::uint64_t>(rate)));
  if (total_bytes_ == 0) return counts;
  const double part = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_bytes_));
  const auto filled = static_cast<std::size_t>(part * kBarWidth);
  std::string line =
      fmt::format("[{}{}] {:3}%  {}", std::string(filled, '#'),
                  std::string(kBarWidth - filled, '.'), static_cast<int>(part * 100), counts);
  if (part > 0 && seconds >= 1) {
    const auto left = std::chrono::seconds(static_cast<std::int64_t>(seconds / part - seconds));
    line += "  " + readable_duration(left) + " left";
  }
  return line;
}

std::string with_separators(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

std::string readable_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} octets", bytes);
  constexpr std::array<std::string_view, 4> kUnits{"kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string readable_duration(std::chrono::seconds duration) {
  const std::chrono::hh_mm_ss time(duration);
  const auto minutes = time.minutes().count();
  const auto seconds = time.seconds().count();
  if (time.hours().count() == 0) return fmt::format("{}:{:02}", minutes, seconds);
  return fmt::format("{}:{:02}:{:02}", time.hours().count(), minutes, seconds);
}

}  // namespace mailkeep::server
