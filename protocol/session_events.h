// What sessions tell the server about themselves, so that it can log and count: the protocols
// themselves do not log.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailkeep::protocol {

class SessionEvents {
 public:
  virtual ~SessionEvents() = default;

  // Our code or the machine failed inside a command; the session goes on. `account` may be empty,
  // `mailbox` and `uid` too (0); `what` is the exception's text, never message text.
  virtual void command_failed(std::string_view protocol, std::string_view peer,
                              std::string_view account, std::string_view mailbox, std::uint32_t uid,
                              std::string_view command, std::string_view what) = 0;
  // A message has come in that is not as it should be; it is kept as it came. `kinds` names what
  // was met, as mime::DefectKinds::names does.
  virtual void message_has_defects(std::string_view protocol, std::string_view account,
                                   std::string_view mailbox, std::uint32_t uid,
                                   std::string_view kinds) {
    static_cast<void>(protocol), static_cast<void>(account), static_cast<void>(mailbox);
    static_cast<void>(uid), static_cast<void>(kinds);
  }
  // The end of a session and why: "logout", "closed", "timeout", "too many bad commands",
  // "stopping", ...
  virtual void session_ended(std::string_view protocol, std::string_view peer,
                             std::string_view account, std::string_view reason) = 0;
};

}  // namespace mailkeep::protocol
