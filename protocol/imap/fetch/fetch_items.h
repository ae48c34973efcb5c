// What a FETCH asks for (RFC 9051 6.4.5 and 9 fetch-att, RFC 3501 9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/syntax_error.h"

namespace mailkeep::imap {

// Which octets of a part BODY[...] means.
enum class SectionText : std::uint8_t {
  all,                // the part itself
  header,             // HEADER
  header_fields,      // HEADER.FIELDS
  header_fields_not,  // HEADER.FIELDS.NOT
  text,               // TEXT
  mime,               // MIME
};

struct Section {
  std::vector<std::uint32_t> part;  // empty: the message
  SectionText text = SectionText::all;
  std::vector<std::string> fields;  // of HEADER.FIELDS, as the client wrote them
};

struct PartialRange {
  std::uint32_t offset = 0;
  std::uint32_t octets = 0;  // not 0
};

// BODY[...] as it is, or without its transfer encoding, or the size of that (RFC 3516 4.2).
enum class BodyForm : std::uint8_t { octets, binary, binary_size };

struct BodyItem {
  Section section;
  std::optional<PartialRange> partial;
  // RFC822, RFC822.HEADER and RFC822.TEXT are BODY[...] under another name; empty for BODY[...]
  // itself.
  std::string_view name = {};
  BodyForm form = BodyForm::octets;
};

struct FetchItems {
  bool flags = false;
  bool uid = false;
  bool internal_date = false;
  bool size = false;  // RFC822.SIZE
  bool envelope = false;
  bool body = false;  // BODY
  bool body_structure = false;
  bool modseq = false;
  bool preview = false;    // RFC 8970; LAZY changes nothing, as no preview takes long
  bool save_date = false;  // RFC 8514
  bool email_id = false;   // RFC 8474 5
  bool thread_id = false;
  bool sets_seen = false;  // some item is not a PEEK
  std::vector<BodyItem> bodies;

  bool needs_flags_only() const;  // and UIDs and mod-sequences
  bool needs_structure() const;
  bool needs_header() const;  // of the message itself
};

inline constexpr std::size_t kMaxBodyItems = 200;     // in one FETCH
inline constexpr std::size_t kMaxHeaderFields = 500;  // in one section
inline constexpr std::size_t kMaxPartDepth = 400;     // numbers in one section

// What stands between the brackets of BODY[...], where that is not empty.
Parsed<Section> parse_section_spec(Decoder& decoder);

// fetch-att, a list of them, or a macro.
Parsed<FetchItems> parse_fetch_items(Decoder& decoder);

}  // namespace mailkeep::imap
