// The server's log: one line an event on standard error, as key=value pairs that no client can
// forge (values with anything unusual are quoted and escaped). Never given credentials or message
// text. All functions may be called from any thread.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mailkeep::server {

enum class LogLevel : std::uint8_t { error, warning, info, debug };

std::optional<LogLevel> log_level_named(std::string_view name);
std::string_view name_of(LogLevel level);

// One key and its value; the text must live as long as the call that it is passed to.
class LogField {
 public:
  LogField(std::string_view field_key, std::string_view text) : key_(field_key), value_(text) {}
  LogField(std::string_view field_key, const char* text)
      : key_(field_key), value_(std::string_view(text)) {}
  LogField(std::string_view field_key, const std::string& text)
      : key_(field_key), value_(std::string_view(text)) {}
  LogField(std::string_view field_key, bool yes)
      : key_(field_key), value_(std::string_view(yes ? "yes" : "no")) {}
  LogField(std::string_view field_key, std::signed_integral auto number)
      : key_(field_key), value_(static_cast<std::int64_t>(number)) {}
  LogField(std::string_view field_key, std::unsigned_integral auto number)
      : key_(field_key), value_(static_cast<std::uint64_t>(number)) {}

  // " key=value"
  void append_to(std::string& line) const;

 private:
  std::string_view key_;
  std::variant<std::string_view, std::int64_t, std::uint64_t> value_;
};

class Log {
 public:
  using Fields = std::initializer_list<LogField>;
  // Receives whole lines, with the line feed; one call at a time.
  using Sink = std::function<void(std::string_view line)>;

  // Values longer than this are cut.
  static constexpr std::size_t kMaxValueBytes = 1024;

  // To standard error; lines begin with the priority "<6>" where systemd reads them (sd-daemon(3)).
  explicit Log(LogLevel level = LogLevel::info);
  Log(LogLevel level, Sink sink);

  void set_level(LogLevel level) { level_ = level; }
  bool enabled(LogLevel level) const { return level <= level_; }

  void write(LogLevel level, std::string_view event, Fields fields);
  void error(std::string_view event, Fields fields = {}) { write(LogLevel::error, event, fields); }
  void warning(std::string_view event, Fields fields = {}) {
    write(LogLevel::warning, event, fields);
  }
  void info(std::string_view event, Fields fields = {}) { write(LogLevel::info, event, fields); }
  void debug(std::string_view event, Fields fields = {}) { write(LogLevel::debug, event, fields); }

 private:
  std::atomic<LogLevel> level_;
  bool priorities_ = false;
  Sink sink_;
  std::mutex mutex_;  // lines of several threads must not mix
};

}  // namespace mailkeep::server
