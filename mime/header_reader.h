// The fields of one header (RFC 5322 2.2), read from its bytes in order. Line ends may be CRLF,
// bare LF or bare CR-free mixtures; a line that is neither a field nor a continuation counts as a
// continuation of the field before it (or as a nameless field at the start), so that the raw fields
// joined are the header byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::mime {

struct HeaderField {
  std::string_view
      name;  // without colon and trailing white space; empty for a line that is no field
  std::string_view value;  // after the colon, still folded, without the last line end; lines that
                           // are neither field nor continuation are not in it
  std::string_view raw;    // the whole field with its last line end
};

class HeaderReader {
 public:
  // `header` runs up to, and may include, the blank line; it must outlive the reader and the
  // fields.
  explicit HeaderReader(std::string_view header);

  // The next field, or nothing at the blank line or the end.
  std::optional<HeaderField> next();

  // What next() has not read yet: the blank line, or nothing.
  std::string_view rest() const;

 private:
  std::string_view rest_;
};

// The value without its folding (RFC 5322 2.2.3): line ends go, leading and trailing white space
// goes, other CR and NUL are spaces.
std::string unfold(std::string_view value);

// The first field of that name (ASCII case-insensitive), or nothing.
std::optional<HeaderField> find_field(std::string_view header, std::string_view name);

}  // namespace mailkeep::mime
