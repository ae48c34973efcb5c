#include "mime/defect.h"

#include <array>

namespace mailkeep::mime {
namespace {

struct Text {
  std::string_view name;
  std::string_view sentence;
};

// In the order of the enumeration.
constexpr std::array<Text, static_cast<std::size_t>(kLastDefectKind) + 1> kTexts{{
    {"missing_closing_boundary",
     "a multipart ends without its closing boundary line; it ends where the part around it does"},
    {"missing_boundary_parameter",
     "a multipart has no boundary parameter; it is shown as one text part"},
    {"boundary_never_found",
     "the boundary of a multipart never begins a part; it is shown as one text part"},
    {"missing_blank_line",
     "the header runs into the first boundary line without a blank line; it ends there"},
    {"invalid_header_line",
     "a line in the header is neither a field nor the continuation of one; it is passed over"},
    {"repeated_header_field",
     "a field that may stand once is repeated; the first is used, addresses are joined"},
    {"invalid_content_type",
     "Content-Type does not follow the grammar; what can be understood of it is used"},
    {"invalid_content_disposition",
     "Content-Disposition does not follow the grammar; what can be understood is used"},
    {"invalid_transfer_encoding",
     "Content-Transfer-Encoding is not one that is known; the content is not decoded"},
    {"transfer_encoding_on_composite",
     "a multipart or message has a transfer encoding, which is not allowed; a multipart is read as "
     "it stands, a message is shown as one part"},
    {"invalid_base64", "base64 content holds octets that are not base64; they are passed over"},
    {"invalid_quoted_printable",
     "quoted-printable content holds escapes that are none; they are kept as they stand"},
    {"invalid_address",
     "an address field does not follow the grammar; every address found in it is shown"},
    {"eight_bit_header",
     "the header holds 8-bit octets; they are read as UTF-8, or as windows-1252 where they are not "
     "that"},
    {"nul_octet", "the message holds a NUL octet; IMAP literals have 0x80 in its place"},
    {"bare_cr", "the message holds a CR without LF; it does not end a line"},
    {"bare_lf",
     "the message holds a line that ends in LF without CR; it is a line end like any other"},
    {"line_too_long", "a line is longer than 998 octets; it is read whole"},
    {"depth_limit", "parts are nested too deep; what is inside this one is shown as one part"},
    {"part_limit", "the message has too many parts; the rest of it is shown as one part"},
    {"header_limit",
     "a header, or all headers together, are too long to be read whole; the end is left out"},
    {"parameter_limit", "a field has too many parameters; the others are left out"},
    {"address_limit", "a field has too many addresses; the others are left out"},
    {"handling_failed", "the message could not be taken apart; it is shown as one part"},
    {"time_limit", "the message took too long to take apart; it is shown as one part"},
}};

}  // namespace

std::string_view name_of(DefectKind kind) {
  return kTexts[static_cast<std::size_t>(kind)].name;
}

std::string_view describe(DefectKind kind) {
  return kTexts[static_cast<std::size_t>(kind)].sentence;
}

std::string DefectKinds::names() const {
  std::string names;
  for (std::size_t kind = 0; kind < kTexts.size(); ++kind) {
    if (!contains(static_cast<DefectKind>(kind))) continue;
    if (!names.empty()) names += ',';
    names += kTexts[kind].name;
  }
  return names;
}

}  // namespace mailkeep::mime
