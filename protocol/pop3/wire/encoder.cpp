#include "protocol/pop3/wire/encoder.h"

namespace mailkeep::pop3 {
namespace {

std::string_view text_of(ResponseCode code) {
  switch (code) {
    case ResponseCode::none:
      return "";
    case ResponseCode::auth:
      return "[AUTH] ";
    case ResponseCode::sys_temp:
      return "[SYS/TEMP] ";
    case ResponseCode::sys_perm:
      return "[SYS/PERM] ";
    case ResponseCode::in_use:
      return "[IN-USE] ";
    case ResponseCode::login_delay:
      return "[LOGIN-DELAY] ";
    case ResponseCode::utf8:
      return "[UTF8] ";
  }
  return "";
}

}  // namespace

void Encoder::ok(std::string_view text) {
  out_.append("+OK ").append(text).append("\r\n");
}

void Encoder::error(ResponseCode code, std::string_view text) {
  out_.append("-ERR ").append(text_of(code)).append(text).append("\r\n");
}

void Encoder::challenge(std::string_view base64) {
  out_.append("+ ").append(base64).append("\r\n");
}

void Encoder::line(std::string_view text) {
  out_.append(text).append("\r\n");
}

void Encoder::end_lines() {
  out_.append(".\r\n");
}

}  // namespace mailkeep::pop3
