// The octets that BODY[section] means, out of one message (RFC 9051 6.4.5.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mime/structure.h"
#include "protocol/imap/fetch/fetch_items.h"
#include "store/account.h"

namespace mailkeep::imap {

// A range of the message's octets.
struct OctetRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t size() const { return end - begin; }
};

// Where a section's octets are. `fields`: they are what filter_header makes of the range, a header.
// Nothing: there is no such part, or it has no such text. `structure` is needed for sections of
// parts only.
std::optional<OctetRange> locate_section(const Section& section, store::MessageCursor& cursor,
                                         const mime::Structure* structure);

// Whether the section is a choice of header fields.
bool selects_fields(const Section& section);

// The fields of `header` that the section asks for, and a blank line: HEADER.FIELDS always has one.
std::string filter_header(std::string_view header, const Section& section);

// `range` cut to the client's partial range: never beyond the end.
OctetRange cut(const OctetRange& range, const std::optional<PartialRange>& partial);

// What two ranges share; where that is nothing, an empty range within the first.
OctetRange overlap(const OctetRange& range, const OctetRange& other);

// A literal has no NUL (RFC 9051 9 CHAR8): from octet `from` on, 0x80 stands for it, so that sizes
// stay what they are.
void hide_nuls(std::string& text, std::size_t from);

}  // namespace mailkeep::imap
