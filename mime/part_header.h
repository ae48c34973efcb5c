// One collected header -> the values of its Part (RFC 2045, RFC 5322).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.h"
#include "mime/value_keeper.h"

namespace mailkeep::mime {

struct PartHeader {
  std::optional<std::string> boundary;                        // of a multipart
  std::vector<std::pair<DefectKind, std::uint64_t>> defects;  // with offsets in the header
};

// What a part without a (valid) Content-Type is: text/plain, or message/rfc822 in a
// multipart/digest (RFC 2046 5.1.5).
enum class DefaultType { text_plain, message_rfc822 };

// Fills the values of `part`; kind and places are the caller's. `with_envelope` for the header of a
// message. Of repeated fields the first counts, but for addresses, which are joined.
PartHeader interpret_header(std::string_view header, DefaultType default_type, bool with_envelope,
                            ValueKeeper& keeper, Part& part);

// The boundary of a header that is not complete yet, or nothing.
std::optional<std::string> boundary_in_header(std::string_view header);

}  // namespace mailkeep::mime
