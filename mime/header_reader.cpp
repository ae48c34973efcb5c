#include "mime/header_reader.h"

#include "mime/field_scanner.h"
#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

// The first line of `text` with its line end.
std::string_view first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

bool is_blank(std::string_view line) {
  return line == "\n" || line == "\r\n";
}

// Where the colon of a field's first line is, or npos if the line is no field.
std::size_t colon_of(std::string_view line) {
  if (line.empty() || is_space(line.front()) || line.front() == ':') return std::string_view::npos;
  return line.find(':');
}

}  // namespace

HeaderReader::HeaderReader(std::string_view header) : rest_(header) {}

std::optional<HeaderField> HeaderReader::next() {
  const std::string_view line = first_line(rest_);
  if (line.empty() || is_blank(line)) return std::nullopt;

  const std::size_t colon = colon_of(line);
  std::size_t raw_size = line.size();
  std::size_t value_end = raw_size;
  bool value_open = true;
  for (;;) {
    const std::string_view following = first_line(rest_.substr(raw_size));
    if (following.empty() || is_blank(following)) break;
    const bool folded = is_space(following.front());
    if (!folded && colon_of(following) != std::string_view::npos) break;
    if (!folded) value_open = false;
    raw_size += following.size();
    if (value_open) value_end = raw_size;
  }

  HeaderField field;
  field.raw = rest_.substr(0, raw_size);
  rest_.remove_prefix(raw_size);
  const bool named = colon != std::string_view::npos;
  const std::size_t value_begin = named ? colon + 1 : 0;
  if (named) field.name = trim_right(line.substr(0, colon));
  field.value = without_line_end(field.raw.substr(value_begin, value_end - value_begin));
  return field;
}

std::string_view HeaderReader::rest() const {
  return rest_;
}

std::string unfold(std::string_view value) {
  std::string out;
  flatten(trim(value), value.size(), out);
  return out;
}

std::optional<HeaderField> find_field(std::string_view header, std::string_view name) {
  HeaderReader reader(header);
  while (std::optional<HeaderField> field = reader.next()) {
    if (equal_ignoring_case(field->name, name)) return field;
  }
  return std::nullopt;
}

}  // namespace mailkeep::mime
