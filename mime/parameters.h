// The parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2183 2), as real mail
// writes them: separators doubled or missing, bare words, values with spaces, quotes without end,
// and RFC 2231 continuations in any order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mime/field_scanner.h"
#include "mime/structure.h"
#include "mime/value_keeper.h"

namespace mailkeep::mime {

struct ParameterList {
  std::vector<Parameter> parameters;
  bool malformed = false;  // something had to be guessed or passed over
  bool limited = false;    // there were more than the limits allow
};

// Reads from where the type ended to the end of the value. Continuations (`name*0`, `name*1`)
// become one parameter at the end of the list; parts behind a gap stay what they are.
ParameterList parse_parameters(FieldScanner& scanner, ValueKeeper& keeper);

// The text of `boundary`, also where it is written as an extended value (RFC 2231 4). Nothing if
// there is none or it is empty. White space at the end does not count (RFC 2046 5.1.1).
std::optional<std::string> boundary_of(const std::vector<Parameter>& parameters);

}  // namespace mailkeep::mime
