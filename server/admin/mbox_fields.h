// The fields in which programs keep the state of a message in an mbox file. `mailkeep export`
// writes all of them, in this order, above the message's own fields: Status, X-Status, X-Keywords,
// X-UID, X-IMAPbase (of the first message only), X-UIDL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::server {

struct MboxFields {
  store::FlagSet flags;
  std::uint32_t uid = 0;
  std::uint32_t uid_validity = 0;  // of X-IMAPbase and X-IMAP: of the file
  std::uint32_t last_uid = 0;
  std::string pop3_id{};
  bool only_data = false;  // the message is none: it has X-IMAP and says so

  // Takes what a field tells; fields of other names and without sense tell nothing.
  void take(std::string_view name, std::string_view value);
  // All of a header.
  static MboxFields of_header(std::string_view header);
};

// The lines for export; `line_end` after each. `first`: with X-IMAPbase.
std::string make_mbox_fields(const MboxFields& fields, bool first, std::string_view line_end);

// Whether `line`, with its line end, can be line number `place` (from 0) of such a block; of the
// first message if `first`.
bool is_exported_line(std::string_view line, std::size_t place, bool first);
// How many lines the block has.
inline constexpr std::size_t exported_lines(bool first) {
  return first ? 6 : 5;
}

}  // namespace mailkeep::server
