#include "server/admin/arrival_date.h"

#include "mime/date_time.h"
#include "mime/header_reader.h"
#include "mime/text/ascii.h"

namespace mailkeep::server {
namespace {

std::optional<store::InternalDate> to_internal(std::string_view text) {
  const auto date = mime::parse_date(text);
  if (!date) return std::nullopt;
  return store::InternalDate{date->seconds, date->zone_minutes};
}

}  // namespace

std::optional<store::InternalDate> arrival_date(std::string_view header) {
  std::optional<store::InternalDate> written;
  mime::HeaderReader reader(header);
  while (const auto field = reader.next()) {
    if (mime::equal_ignoring_case(field->name, "Received")) {
      const std::size_t semicolon = field->value.rfind(';');
      if (semicolon == std::string_view::npos) continue;
      if (const auto date = to_internal(field->value.substr(semicolon + 1))) return date;
    } else if (!written && mime::equal_ignoring_case(field->name, "Date")) {
      written = to_internal(field->value);
    }
  }
  return written;
}

}  // namespace mailkeep::server
