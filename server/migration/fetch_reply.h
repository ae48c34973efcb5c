// What a FETCH response of another server tells of one message (RFC 9051 7.5.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::server {

struct FetchReply {
  std::uint32_t uid = 0;  // zero: not told
  std::optional<store::FlagSet> flags;
  std::optional<store::InternalDate> date;
  std::optional<std::uint64_t> size;
  std::uint64_t modseq = 0;
  // The message where it came as no literal; empty where it did.
  std::optional<std::string> body;
};

// The reply in "* 5 FETCH (...)". Nothing where the line is another response; items nobody asked
// for do not matter. Flags that are neither system flags nor keywords are left out.
std::optional<FetchReply> parse_fetch_reply(std::string_view line);

}  // namespace mailkeep::server
