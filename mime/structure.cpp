#include "mime/structure.h"

#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

// Message parts have no number of their own beside their child's: the numbers of a message inside
// count the parts of that message.
bool is_sole_part_of_message(const Structure& structure, const Part& part) {
  return part.kind != PartKind::multipart &&
         (part.parent == kNoParent || structure.parts[part.parent].kind == PartKind::message);
}

// The child of `part` that has the number, or nothing.
std::optional<std::uint32_t> numbered_child(const Structure& structure, std::uint32_t part,
                                            std::uint32_t number) {
  if (number == 0) return std::nullopt;
  for (std::uint32_t i = part + 1; i < structure.parts.size(); ++i) {
    if (structure.parts[i].parent == part && --number == 0) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::uint32_t> children_of(const Structure& structure, std::uint32_t part) {
  std::vector<std::uint32_t> children;
  for (std::uint32_t i = part + 1; i < structure.parts.size(); ++i) {
    if (structure.parts[i].parent == part) children.push_back(i);
  }
  return children;
}

std::optional<std::uint32_t> find_part(const Structure& structure,
                                       const std::vector<std::uint32_t>& path) {
  std::uint32_t part = 0;
  bool first = true;
  for (const std::uint32_t number : path) {
    const bool enters_message = structure.parts[part].kind == PartKind::message && !first;
    if (enters_message) ++part;  // its only child follows it
    const Part& here = structure.parts[part];
    if (here.kind == PartKind::multipart) {
      const auto child = numbered_child(structure, part, number);
      if (!child) return std::nullopt;
      part = *child;
    } else if (number != 1 || !(first || enters_message)) {
      return std::nullopt;
    }
    first = false;
  }
  return part;
}

std::string part_number(const Structure& structure, std::uint32_t part) {
  std::string number;
  for (std::uint32_t i = part; i != kNoParent; i = structure.parts[i].parent) {
    const Part& here = structure.parts[i];
    std::uint32_t own = 0;
    if (is_sole_part_of_message(structure, here)) {
      own = 1;
    } else if (here.parent != kNoParent &&
               structure.parts[here.parent].kind == PartKind::multipart) {
      for (std::uint32_t sister = here.parent + 1; sister <= i; ++sister) {
        if (structure.parts[sister].parent == here.parent) ++own;
      }
    }
    if (own != 0) {
      number.insert(0, number.empty() ? std::to_string(own) : std::to_string(own) + '.');
    }
  }
  return number;
}

std::string_view describe(DefectKind kind) {
  switch (kind) {
    case DefectKind::missing_closing_boundary:
      return "a multipart ends without its closing boundary line";
    case DefectKind::missing_boundary_parameter:
      return "a multipart has no boundary parameter; it is shown as one text part";
    case DefectKind::boundary_never_found:
      return "the boundary of a multipart never begins a part; it is shown as one text part";
    case DefectKind::missing_blank_line:
      return "the header runs into the first boundary line without a blank line";
    case DefectKind::invalid_header_line:
      return "a line in the header is neither a field nor the continuation of one";
    case DefectKind::repeated_header_field:
      return "a field that may stand once is repeated; the first is used, addresses are joined";
    case DefectKind::invalid_content_type:
      return "Content-Type does not follow the grammar; what can be understood of it is used";
    case DefectKind::invalid_content_disposition:
      return "Content-Disposition does not follow the grammar; what can be understood is used";
    case DefectKind::invalid_transfer_encoding:
      return "Content-Transfer-Encoding is not one that is known; the content is not decoded";
    case DefectKind::transfer_encoding_on_composite:
      return "a multipart or message has a transfer encoding, which is not allowed";
    case DefectKind::invalid_base64:
      return "base64 content holds octets that are not base64; they are passed over";
    case DefectKind::invalid_quoted_printable:
      return "quoted-printable content holds escapes that are none; they are kept as they stand";
    case DefectKind::invalid_address:
      return "an address field does not follow the grammar; every address found in it is shown";
    case DefectKind::eight_bit_header:
      return "the header holds 8-bit octets";
    case DefectKind::nul_octet:
      return "the message holds a NUL octet";
    case DefectKind::bare_cr:
      return "the message holds a CR without LF; it does not end a line";
    case DefectKind::bare_lf:
      return "the message holds a line that ends in LF without CR";
    case DefectKind::line_too_long:
      return "a line is longer than 998 octets";
    case DefectKind::depth_limit:
      return "parts are nested too deep; what is inside this one is shown as one part";
    case DefectKind::part_limit:
      return "the message has too many parts; the rest of it is shown as one part";
    case DefectKind::header_limit:
      return "a header, or all headers together, are too long to be read whole";
    case DefectKind::parameter_limit:
      return "a field has too many parameters; the others are left out";
    case DefectKind::address_limit:
      return "a field has too many addresses; the others are left out";
  }
  return "unknown defect";
}

}  // namespace mailkeep::mime
