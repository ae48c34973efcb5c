// How a command ends: the tagged response (RFC 9051 7.1).
#pragma once

#include <string>
#include <string_view>

#include "protocol/imap/wire/syntax_error.h"
#include "store/types.h"

namespace mailkeep::imap {

struct Reply {
  enum class Kind : std::uint8_t {
    ok,
    no,
    bad,
    // The session ends after what is in the output; no tagged response (used where BYE was written,
    // and when the connection is gone).
    end,
  };
  Kind kind = Kind::ok;
  std::string code;  // without brackets, e.g. "READ-WRITE"; empty for none
  std::string text;
  // What the session does once the reply is written: STARTTLS, COMPRESS, UNAUTHENTICATE, LOGOUT.
  enum class After : std::uint8_t { nothing, start_tls, compress, unauthenticate, end };
  After after = After::nothing;

  static Reply ok(std::string text) { return {Kind::ok, {}, std::move(text), After::nothing}; }
  static Reply ok(std::string code, std::string text) {
    return {Kind::ok, std::move(code), std::move(text), After::nothing};
  }
  static Reply no(std::string text) { return {Kind::no, {}, std::move(text), After::nothing}; }
  static Reply no(std::string code, std::string text) {
    return {Kind::no, std::move(code), std::move(text), After::nothing};
  }
  static Reply bad(std::string text) { return {Kind::bad, {}, std::move(text), After::nothing}; }
  static Reply bad(const SyntaxError& error);
  static Reply end() { return {Kind::end, {}, {}, After::nothing}; }
  // NO with the response code of RFC 5530 that fits, and the error's sentence: the one place that
  // maps store errors to IMAP.
  static Reply refused(store::StoreError error);
  // The same for the destination of APPEND, COPY and MOVE: a missing one is TRYCREATE (RFC
  // 9051 6.3.12).
  static Reply refused_destination(store::StoreError error);
};

}  // namespace mailkeep::imap
