// The months of date and date-time (RFC 3501 9 date-month).
#pragma once

#include <array>
#include <string_view>

namespace mailkeep::imap {

inline constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace mailkeep::imap
