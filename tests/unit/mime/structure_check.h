// What must hold for the structure of any message whatever. Unit tests and fuzz targets share it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.h"

namespace mailkeep::mime {

// One sentence for each rule that `structure` breaks as the structure of `message`; none if all is
// well.
std::vector<std::string> violations(const Structure& structure, std::string_view message);

// The tree in one line: type/subtype[octets of the body], children in parentheses, e.g.
// "multipart/mixed(text/plain[5] message/rfc822(text/plain[3]))".
std::string outline(const Structure& structure);

// The names of the defects in order, separated by spaces.
std::string defect_names(const Structure& structure);

}  // namespace mailkeep::mime
