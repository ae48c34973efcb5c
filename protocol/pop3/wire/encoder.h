// Writes POP3's replies (RFC 1939 3, RFC 2449 8, RFC 3206), and nothing else does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::pop3 {

// RFC 2449 8 and RFC 3206: what a client may do about an error.
enum class ResponseCode : std::uint8_t {
  none,
  auth,      // the name or the password is wrong
  sys_temp,  // the machine failed; trying again later may help
  sys_perm,  // somebody must repair something
  in_use,
  login_delay,
  utf8,  // RFC 6856 5
};

// Texts are ours or plain numbers: printable ASCII without a "[" at the start, short enough for the
// 512 octets of a line.
class Encoder {
 public:
  // Appends to `out`, which outlives the encoder.
  explicit Encoder(std::string& out) : out_(out) {}

  void ok(std::string_view text);
  void error(ResponseCode code, std::string_view text);
  // A challenge of AUTH (RFC 5034 4), already base64.
  void challenge(std::string_view base64);

  // One line of a multi-line reply; never begins with a dot.
  void line(std::string_view text);
  void end_lines();

 private:
  std::string& out_;
};

}  // namespace mailkeep::pop3
