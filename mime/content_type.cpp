#include "mime/content_type.h"

#include <utility>

#include "mime/text/ascii.h"

namespace mailkeep::mime {

ContentType parse_content_type(std::string_view value, ValueKeeper& keeper) {
  FieldScanner scanner(value);
  scanner.skip_space();
  const std::string_view type = scanner.take_while(is_token_char);
  scanner.skip_space();
  std::string_view subtype;
  if (scanner.at('/')) {
    scanner.skip();
    scanner.skip_space();
    subtype = scanner.take_while(is_token_char);
  }
  const std::string_view junk =
      scanner.take_while([](char c) { return c != ';' && c != ',' && !is_space(c) && c != '('; });

  ContentType result;
  result.valid = !type.empty() && !subtype.empty();
  if (result.valid) {
    result.type = keeper.keep(type);
    result.subtype = keeper.keep(subtype);
    // Out of memory for texts: an empty name would not be a type.
    if (result.type.empty() || result.subtype.empty()) {
      result.type = "application";
      result.subtype = "octet-stream";
    }
  }
  result.list = parse_parameters(scanner, keeper);
  result.list.malformed = result.list.malformed || !junk.empty();
  return result;
}

ContentDisposition parse_content_disposition(std::string_view value, ValueKeeper& keeper) {
  FieldScanner scanner(value);
  scanner.skip_space();
  const std::string_view type = scanner.take_while(is_token_char);
  const std::string_view junk =
      scanner.take_while([](char c) { return c != ';' && !is_space(c) && c != '('; });

  ContentDisposition result;
  result.disposition.type = keeper.keep(type);
  if (result.disposition.type.empty()) result.disposition.type = "attachment";
  ParameterList list = parse_parameters(scanner, keeper);
  result.disposition.parameters = std::move(list.parameters);
  result.malformed = type.empty() || !junk.empty() || list.malformed;
  result.limited = list.limited;
  return result;
}

std::string_view parse_transfer_encoding(std::string_view value) {
  FieldScanner scanner(value);
  scanner.skip_space();
  if (scanner.at('"')) scanner.skip();
  const std::string_view token = scanner.take_while(is_token_char);
  if (token == "7" || token == "8") {
    scanner.skip_space();
    const std::string_view unit = scanner.take_while(is_token_char);
    if (equal_ignoring_case(unit, "bit")) return token == "7" ? "7bit" : "8bit";
  }
  return token;
}

std::vector<std::string_view> parse_languages(std::string_view value, ValueKeeper& keeper) {
  std::vector<std::string_view> languages;
  FieldScanner scanner(value);
  for (;;) {
    scanner.skip_space();
    if (scanner.at_end()) return languages;
    const std::string_view tag = scanner.take_while(is_token_char);
    if (tag.empty()) {
      scanner.skip();
      continue;
    }
    if (languages.size() == keeper.limits().parameters || !keeper.take_value()) return languages;
    const std::string_view kept = keeper.keep(tag);
    if (!kept.empty()) languages.push_back(kept);
  }
}

bool is_multipart(std::string_view type) {
  return equal_ignoring_case(type, "multipart");
}

bool is_message(std::string_view type, std::string_view subtype) {
  return equal_ignoring_case(type, "message") &&
         (equal_ignoring_case(subtype, "rfc822") || equal_ignoring_case(subtype, "global"));
}

}  // namespace mailkeep::mime
