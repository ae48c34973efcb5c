#include "server/log.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>
#include <unistd.h>

namespace mailkeep::server {

namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"error", "warning", "info", "debug"};
// The syslog priorities of the levels (RFC 5424 6.2.1).
constexpr std::array<std::string_view, 4> kPriorities{"<3>", "<4>", "<6>", "<7>"};

void write_to_standard_error(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written > 0) {
      line.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return;  // there is nowhere left to complain to
    }
  }
}

bool is_plain(unsigned char octet) {
  return octet > ' ' && octet < 0x7F && octet != '"' && octet != '=' && octet != '\\';
}

// The length of the well-formed UTF-8 character at the start, 0 where there is none. Two-octet
// control characters (U+0080 to U+009F) count as none: terminals obey them.
std::size_t printable_character(std::string_view text) {
  const auto octet = [&](std::size_t index) -> unsigned {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const auto continues = [&](std::size_t index) { return (octet(index) & 0xC0U) == 0x80U; };
  const unsigned lead = octet(0);
  if (lead >= 0xC2 && lead < 0xE0) {
    return continues(1) && !(lead == 0xC2 && octet(1) < 0xA0) ? 2 : 0;
  }
  if (lead >= 0xE0 && lead < 0xF0) {
    const bool overlong = lead == 0xE0 && octet(1) < 0xA0;
    const bool surrogate = lead == 0xED && octet(1) >= 0xA0;
    // U+2028 and U+2029 end lines for some readers.
    const bool separator = lead == 0xE2 && octet(1) == 0x80 && (octet(2) & 0xFEU) == 0xA8U;
    return continues(1) && continues(2) && !overlong && !surrogate && !separator ? 3 : 0;
  }
  if (lead >= 0xF0 && lead < 0xF5) {
    const bool overlong = lead == 0xF0 && octet(1) < 0x90;
    const bool beyond = lead == 0xF4 && octet(1) >= 0x90;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  while (!text.empty()) {
    const auto octet = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (octet == '"' || octet == '\\') {
      line += '\\';
      line += text.front();
    } else if (octet == '\n') {
      line += "\\n";
    } else if (octet == '\r') {
      line += "\\r";
    } else if (octet >= ' ' && octet < 0x7F) {
      line += text.front();
    } else if (const std::size_t character = printable_character(text); character > 0) {
      line += text.substr(0, character);
      length = character;
    } else {
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", octet);
    }
    text.remove_prefix(length);
  }
  line += '"';
}

void append_text(std::string& line, std::string_view text) {
  const bool cut = text.size() > Log::kMaxValueBytes;
  if (cut) text = text.substr(0, Log::kMaxValueBytes);
  bool plain = !text.empty() && !cut;
  for (const char character : text)
    plain = plain && is_plain(static_cast<unsigned char>(character));
  if (plain) {
    line += text;
    return;
  }
  append_quoted(line, text);
  if (cut) line.insert(line.size() - 1, "...");
}

void append_time(std::string& line) {
  const auto now = std::chrono::system_clock::now();
  const auto since_epoch =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const std::time_t seconds = static_cast<std::time_t>(since_epoch.count() / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  fmt::format_to(std::back_inserter(line), "time={:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                 utc.tm_sec, since_epoch.count() % 1000);
}

}  // namespace

std::optional<LogLevel> log_level_named(std::string_view name) {
  for (std::size_t index = 0; index < kLevelNames.size(); ++index) {
    if (kLevelNames[index] == name) return static_cast<LogLevel>(index);
  }
  return std::nullopt;
}

std::string_view name_of(LogLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

void LogField::append_to(std::string& line) const {
  line += ' ';
  line += key_;
  line += '=';
  if (const auto* text = std::get_if<std::string_view>(&value_)) {
    append_text(line, *text);
  } else if (const auto* number = std::get_if<std::int64_t>(&value_)) {
    fmt::format_to(std::back_inserter(line), "{}", *number);
  } else {
    fmt::format_to(std::back_inserter(line), "{}", std::get<std::uint64_t>(value_));
  }
}

Log::Log(LogLevel level)
    : level_(level),
      priorities_(std::getenv("JOURNAL_STREAM") != nullptr),
      sink_(&write_to_standard_error) {}

Log::Log(LogLevel level, Sink sink) : level_(level), sink_(std::move(sink)) {}

void Log::write(LogLevel level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  std::string line;
  line.reserve(256);
  if (priorities_) line += kPriorities[static_cast<std::size_t>(level)];
  append_time(line);
  line += " level=";
  line += name_of(level);
  line += " event=";
  line += event;
  for (const LogField& field : fields) field.append_to(line);
  line += '\n';
  const std::lock_guard lock(mutex_);
  sink_(line);
}

}  // namespace mailkeep::server
