#include "mime/part_text.h"

#include "mime/text/ascii.h"

namespace mailkeep::mime {

bool is_searchable(const Part& part) {
  return part.kind == PartKind::leaf &&
         (equal_ignoring_case(part.type, "text") || equal_ignoring_case(part.type, "message"));
}

std::string_view charset_of(const Part& part) {
  const OptionalText charset = parameter(part.parameters, "charset");
  return charset && !charset->empty() ? *charset : std::string_view("us-ascii");
}

OptionalText parameter(const std::vector<Parameter>& parameters, std::string_view name) {
  for (const Parameter& candidate : parameters) {
    std::string_view plain = candidate.name;
    if (plain.ends_with('*')) plain.remove_suffix(1);
    if (equal_ignoring_case(plain, name)) return candidate.value;
  }
  return std::nullopt;
}

}  // namespace mailkeep::mime
