// The responses of an IMAP server (RFC 9051 7), out of its octets cut anywhere. What a hostile
// server can make it hold is bounded. No I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mailkeep::server {

// The server says what IMAP does not allow, or more than there is room for.
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ResponseReader {
 public:
  // A response without what is streamed: literals but those of messages stand in it as they came;
  // a message's is "" (an empty string) in its place.
  using Response = std::function<void(std::string_view text)>;
  // The octets of a message (BODY[] of FETCH): first its size with no octets, then the octets.
  using Body = std::function<void(std::uint64_t size, std::string_view octets)>;

  // A response is no longer than this, messages apart.
  static constexpr std::size_t kMaxResponseBytes = 1 << 20;

  ResponseReader(Response response, Body body)
      : response_(std::move(response)), body_(std::move(body)) {}

  // Takes all octets; throws ProtocolError.
  void feed(std::string_view octets);
  // Whether no response has begun and not ended.
  bool is_idle() const { return text_.empty() && literal_left_ == 0; }

 private:
  void end_line();

  const Response response_;
  const Body body_;
  std::string text_;
  std::size_t line_begin_ = 0;      // in text_
  std::uint64_t literal_left_ = 0;  // octets
  bool in_body_ = false;            // the literal is a message's
};

}  // namespace mailkeep::server
