// Texts of a part for search: its header fields and body as folded UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "mime/structure.h"
#include "mime/text/decoders.h"

namespace mailkeep::mime {

// Whether SEARCH BODY and TEXT look into the body of this part: leaves of type text/*, and
// message/* leaves such as delivery reports.
bool is_searchable(const Part& part);

// The charset parameter of the part, or "us-ascii".
std::string_view charset_of(const Part& part);

// The value of a parameter by its name (ASCII case-insensitive), or nothing. Extended values
// (`name*`) are found by their plain name.
OptionalText parameter(const std::vector<Parameter>& parameters, std::string_view name);

}  // namespace mailkeep::mime
