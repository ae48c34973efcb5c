// RETURN (...) of the searching commands (RFC 4731 3.1, RFC 9051 6.4.4; SAVE: RFC 5182; PARTIAL:
// RFC 9394; CONTEXT and UPDATE: RFC 5267; RELEVANCY: RFC 6203).
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

// Results by their place, from 1: `first` <= `last`. `from_end`: 1 is the last result.
struct ResultRange {
  std::uint32_t first = 1;
  std::uint32_t last = 1;
  bool from_end = false;
  // As the client wrote it.
  std::uint32_t written_first = 1;
  std::uint32_t written_last = 1;
};

struct ReturnOptions {
  bool given = false;  // else the answer has the old form (RFC 3501 7.2.5)
  bool min = false;
  bool max = false;
  bool all = false;
  bool count = false;
  bool save = false;
  bool context = false;
  bool update = false;
  bool relevancy = false;
  std::optional<ResultRange> partial;

  // SAVE alone is answered with nothing (RFC 5182 2.1).
  bool wants_response() const {
    return !save || min || max || all || count || context || update || relevancy || partial;
  }
};

// [SP "RETURN" SP "(" [option *(SP option)] ")"], at the SP. "()" means ALL.
Parsed<ReturnOptions> parse_return_options(Decoder& decoder);
// partial-range (RFC 9394 4)
Parsed<ResultRange> parse_partial_range(Decoder& decoder);

}  // namespace mailkeep::imap
