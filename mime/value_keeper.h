// What a parser may still keep of one message: texts in an arena and counted values, both up to the
// limits of the message, whatever its headers hold.
#pragma once

#include <cstdint>
#include <string_view>

#include "mime/message_parser.h"
#include "mime/text_arena.h"

namespace mailkeep::mime {

class ValueKeeper {
 public:
  // `limits` and `arena` outlive the keeper.
  ValueKeeper(const ParserLimits& limits, TextArena& arena)
      : limits_(limits), arena_(arena), text_bytes_(limits.text_bytes), values_(limits.values) {}

  const ParserLimits& limits() const { return limits_; }

  // A copy of `text` that lives with the arena; empty once the message has used up its text bytes.
  std::string_view keep(std::string_view text) {
    if (text.size() > text_bytes_) {
      exhausted_ = true;
      return "";
    }
    text_bytes_ -= static_cast<std::uint32_t>(text.size());
    return arena_.keep(text);
  }

  // Counts one more parameter or address; false once the message has used up its number of them.
  [[nodiscard]] bool take_value() {
    if (values_ == 0) {
      exhausted_ = true;
      return false;
    }
    --values_;
    return true;
  }

  // Whether anything was left out.
  bool exhausted() const { return exhausted_; }

 private:
  const ParserLimits& limits_;
  TextArena& arena_;
  std::uint32_t text_bytes_;
  std::uint32_t values_;
  bool exhausted_ = false;
};

}  // namespace mailkeep::mime
