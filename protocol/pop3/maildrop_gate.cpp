#include "protocol/pop3/maildrop_gate.h"

namespace mailkeep::pop3 {

MaildropGate::Verdict MaildropGate::enter(std::string_view account, bool exclusive,
                                          std::chrono::seconds delay, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto known = maildrops_.find(std::string(account));
  if (known != maildrops_.end()) {
    if (exclusive && known->second.sessions > 0) return Verdict::in_use;
    if (delay.count() > 0 && now - known->second.last < delay) return Verdict::too_soon;
  } else if (maildrops_.size() >= kMaxRemembered) {
    std::erase_if(maildrops_, [](const auto& entry) { return entry.second.sessions == 0; });
  }
  Maildrop& maildrop = maildrops_[std::string(account)];
  ++maildrop.sessions;
  maildrop.last = now;
  return Verdict::open;
}

void MaildropGate::leave(std::string_view account) {
  const std::lock_guard lock(mutex_);
  const auto known = maildrops_.find(std::string(account));
  if (known != maildrops_.end() && known->second.sessions > 0) --known->second.sessions;
}

}  // namespace mailkeep::pop3
