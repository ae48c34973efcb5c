// Who is in which maildrop, and when somebody was last: for the exclusive lock of RFC 1939 4 and
// the delay between log-ins of RFC 2449 6.5. One for all sessions; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mailkeep::pop3 {

class MaildropGate {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Verdict : std::uint8_t { open, in_use, too_soon };

  static constexpr std::size_t kMaxRemembered = 100'000;  // accounts; the idle ones go first

  // Whether a session may begin; if so it is in until leave(). `exclusive`: not while another is.
  // `delay`: not sooner than so long after the last one began.
  Verdict enter(std::string_view account, bool exclusive, std::chrono::seconds delay,
                Clock::time_point now);
  void leave(std::string_view account);

 private:
  struct Maildrop {
    std::size_t sessions = 0;
    Clock::time_point last;
  };

  std::mutex mutex_;
  std::unordered_map<std::string, Maildrop> maildrops_;
};

}  // namespace mailkeep::pop3
