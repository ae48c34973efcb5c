// What a message is made of: a flat table of parts with byte ranges, the values that ENVELOPE and
// BODYSTRUCTURE show (RFC 9051 7.5.2, RFC 2045, RFC 2046), and the defects that were met.
//
// All text is std::string_view into memory that the Structure itself owns, so a Structure can be
// moved but not copied, and no view outlives it. Text is what the message says, unfolded; encoded
// words (RFC 2047) stay encoded. A text may hold any octet but CR, LF and NUL.
//
// No thread rule: a value like any other.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/defect.h"
#include "mime/text_arena.h"

namespace mailkeep::mime {

// Raised whenever the parser gives another structure for some message. Kept structures with a lower
// number are computed again from the message when they are next needed.
inline constexpr std::uint32_t kParserVersion = 1;

using OptionalText = std::optional<std::string_view>;

struct Parameter {
  std::string_view name;   // as written, never empty
  std::string_view value;  // unquoted; RFC 2231 continuations joined; extended values stay encoded
};

// RFC 9051 7.5.2 address structure. A group start has a mailbox (the group's name) and no host; a
// group end has neither. Starts and ends always match and never nest. Any other address has both:
// what the message lacks is kMissingMailbox or kMissingDomain, since NIL would make it a group.
inline constexpr std::string_view kMissingMailbox = "MISSING_MAILBOX";
inline constexpr std::string_view kMissingDomain = "MISSING_DOMAIN";

struct Address {
  OptionalText name;
  OptionalText route;  // RFC 5322 4.4 obs-route
  OptionalText mailbox;
  OptionalText host;
};

struct Envelope {
  OptionalText date;
  OptionalText subject;  // runs of white space are one space
  std::vector<Address> from;
  std::vector<Address> sender;    // empty: use `from`, as RFC 9051 7.5.2 says
  std::vector<Address> reply_to;  // empty: use `from`
  std::vector<Address> to;
  std::vector<Address> cc;
  std::vector<Address> bcc;
  OptionalText in_reply_to;
  OptionalText message_id;
};

struct Disposition {
  std::string_view type;
  std::vector<Parameter> parameters;
};

enum class PartKind : std::uint8_t {
  leaf,       // anything without parts of its own
  multipart,  // has one child or more; a multipart without any child is a leaf (see `Part::type`)
  message,    // message/rfc822 or message/global; has exactly one child, the root of that message
};

inline constexpr std::uint32_t kNoParent = 0xffffffffU;

struct Part {
  std::uint32_t parent = kNoParent;  // index in Structure::parts
  PartKind kind = PartKind::leaf;

  // Octet offsets in the message. The header runs to body_begin and has its blank line, if there is
  // one. Closing line ends that belong to a boundary line are outside of the body (RFC 2046 5.1.1).
  std::uint64_t header_begin = 0;
  std::uint64_t body_begin = 0;
  std::uint64_t body_end = 0;
  std::uint64_t body_lines =
      0;  // line ends (LF) in the body; a last line without one does not count

  std::string_view type = "text";  // as written in the message
  std::string_view subtype = "plain";
  std::vector<Parameter> parameters;
  OptionalText id;
  OptionalText description;
  std::string_view encoding = "7bit";  // Content-Transfer-Encoding
  OptionalText md5;
  std::optional<Disposition> disposition;
  std::vector<std::string_view> languages;
  OptionalText location;

  // Set exactly for the root of the message and for the child of a PartKind::message.
  std::optional<Envelope> envelope;
};

struct Structure {
  std::vector<Part> parts;  // in message order, parents before children; at least one
  std::vector<Defect> defects;
  std::uint64_t size = 0;  // octets of the whole message
  TextArena text;          // owns what the views point to

  const Part& root() const { return parts.front(); }
};

// The structure of a message that cannot be handled: one application/octet-stream leaf behind the
// header, which is its first `header_octets`, and one defect.
Structure opaque_structure(std::uint64_t size, std::uint64_t header_octets, DefectKind why);

// Children of `part`, in order.
std::vector<std::uint32_t> children_of(const Structure& structure, std::uint32_t part);

// Finds a part by its IMAP number, e.g. {1, 2} for "1.2" (RFC 9051 6.4.5.1): a number counts the
// children of a multipart; in a message/rfc822 it counts the parts of the message inside; number 1
// of a message that is not a multipart is its only part. Empty path: the root.
std::optional<std::uint32_t> find_part(const Structure& structure,
                                       const std::vector<std::uint32_t>& path);

// The number of a part as IMAP writes it ("1.2"); empty for the root of a multipart message.
std::string part_number(const Structure& structure, std::uint32_t part);

// Compact bytes to keep beside a message, and back. Reading is one allocation of text and a few of
// tables, as every FETCH BODYSTRUCTURE does it. The version is not part of the bytes: whoever keeps
// them keeps kParserVersion with them. Bytes that are damaged give an error, never a crash.
std::string serialize(const Structure& structure);
enum class DeserializeError { damaged };
std::expected<Structure, DeserializeError> deserialize(std::string_view bytes);

}  // namespace mailkeep::mime
