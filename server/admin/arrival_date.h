// When a message arrived, as far as its header tells.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "store/types.h"

namespace mailkeep::server {

// So much of the start of a message is looked at.
inline constexpr std::size_t kHeaderBytes = 64 * 1024;

// The date of the topmost Received field that has one (RFC 5321 4.4: the last hop), else of the
// Date field. Nothing where neither has one.
std::optional<store::InternalDate> arrival_date(std::string_view header);

}  // namespace mailkeep::server
