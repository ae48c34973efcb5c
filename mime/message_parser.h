// Message bytes -> Structure (RFC 5322, RFC 2045, RFC 2046), for any bytes at all.
//
// Incremental and iterative: bytes are fed as they arrive, each is looked at once, nothing
// recurses, and memory is bounded by `ParserLimits`, not by the message. It never fails: whatever
// is wrong becomes a defect, and past a limit the rest is one opaque leaf that is still counted and
// fetched.
//
// One parser is used by one thread at a time, for one message.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "mime/structure.h"

namespace mailkeep::mime {

// Each limit bounds memory or work that a stranger's message could otherwise choose.
struct ParserLimits {
  std::uint32_t depth = 100;                    // levels of parts, the root being the first
  std::uint32_t parts = 10'000;                 // in the whole message
  std::uint32_t header_bytes = 256 * 1024;      // of one part's header that is interpreted
  std::uint32_t parameters = 200;               // of one field
  std::uint32_t addresses = 4'000;              // of one field
  std::uint32_t field_bytes = 64 * 1024;        // of one field's value that is interpreted
  std::uint32_t text_bytes = 16 * 1024 * 1024;  // of all texts in the Structure
  std::uint32_t values = 100'000;               // parameters and addresses in the whole message
  std::uint32_t defects = 1'000;                // kept; more are not recorded
};

class MessageParser {
 public:
  explicit MessageParser(const ParserLimits& limits = {});
  ~MessageParser();
  MessageParser(MessageParser&&) noexcept;
  MessageParser& operator=(MessageParser&&) noexcept;

  // The next bytes of the message, cut anywhere. The view is not kept.
  void feed(std::string_view bytes);

  // The end of the message. May be called once; the parser is spent after it.
  Structure finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A whole message at once.
Structure parse_message(std::string_view message, const ParserLimits& limits = {});

}  // namespace mailkeep::mime
