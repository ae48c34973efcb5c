// How far a long command is: a bar that is drawn again and again on a terminal, a plain line now
// and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace mailkeep::server {

// Whether the stream is the program's standard output or error, and that is a terminal.
bool is_terminal(const std::ostream& stream);

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // `verb`: "Imported". `total_bytes` is 100 %; zero: not known.
  Progress(std::ostream& out, bool terminal, std::string verb, std::uint64_t total_bytes,
           Clock::time_point now);
  // Takes the bar away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Where it is known only later.
  void set_total(std::uint64_t total_bytes) { total_bytes_ = total_bytes; }
  // Draws if it is time to.
  void update(std::uint64_t bytes, std::uint64_t messages, Clock::time_point now);
  // A line of its own, e.g. a complaint, that the bar does not garble.
  void say(std::string_view line);

 private:
  std::string bar(std::uint64_t bytes, std::uint64_t messages, Clock::time_point now) const;
  void clear_bar();

  std::ostream& out_;
  const bool terminal_;
  const std::string verb_;
  std::uint64_t total_bytes_;
  const Clock::time_point start_;
  Clock::time_point next_;
  bool bar_shown_ = false;
};

// "1,234,567"
std::string with_separators(std::uint64_t number);
// "12.3 MB"
std::string readable_bytes(std::uint64_t bytes);
// "3:07", "1:02:03"
std::string readable_duration(std::chrono::seconds duration);

}  // namespace mailkeep::server
