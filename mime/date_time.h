// The Date field (RFC 5322 3.3, with the obsolete forms of 4.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mailkeep::mime {

struct DateTime {
  std::int64_t seconds = 0;       // since 1970-01-01 00:00 UTC
  std::int32_t zone_minutes = 0;  // east of UTC is positive

  // Days since 1970-01-01 by the calendar of the zone itself: what SENTON and its kin compare
  // (RFC 9051 6.4.4: "disregarding time and timezone").
  std::int64_t local_day() const;
};

// Nothing where no date can be made out of the value.
std::optional<DateTime> parse_date(std::string_view value);

}  // namespace mailkeep::mime
