// One HTTPS request, for asking another server a question. Blocking: for the pool, never for an I/O
// thread.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace mailkeep::server::net {

struct HttpsRequest {
  std::string url;                          // "https://host[:port]/path"; http:// only to 127.0.0.1
  std::string authorization;                // the header field's value; may be empty
  std::string form;                         // the body, application/x-www-form-urlencoded
  std::chrono::milliseconds timeout{5000};  // for all of it
};

// The body of a 200 answer of at most 64 KiB; otherwise what went wrong, in a few words without
// anything of the request. The server's certificate is checked against the system's authorities.
std::expected<std::string, std::string> post(const HttpsRequest& request);

// A value of a form (WHATWG URL: application/x-www-form-urlencoded).
std::string encode_form_value(std::string_view value);

}  // namespace mailkeep::server::net
