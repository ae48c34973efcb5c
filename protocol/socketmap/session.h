// Look-ups for mail systems: who is here, where aliases lead, whose mailbox is full. Speaks the
// protocol of Postfix's socketmap tables (socketmap_table(5)): requests "MAP KEY", replies
// "OK DATA", "NOTFOUND " and "TEMP REASON", each a netstring.
//
// Lives on its stream's executor.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/blocking.h"
#include "protocol/session_events.h"
#include "protocol/stream.h"

namespace mailkeep::socketmap {

// The maps themselves; the server implements them.
class Maps {
 public:
  virtual ~Maps() = default;
  // What the map has for the key; nothing where there is nothing. Blocks. Throws where the machine
  // fails, and std::invalid_argument where there is no such map.
  virtual std::optional<std::string> look_up(std::string_view map, std::string_view key) = 0;
};

struct SessionServices {
  protocol::BlockingPool& pool;
  protocol::SessionEvents& events;
  Maps& maps;
};

// The whole session. Postfix keeps its connections; a silent one is closed after a while.
inline constexpr std::chrono::seconds kIdleTime{300};
protocol::Awaitable<void> serve(protocol::Stream& stream, SessionServices services);

}  // namespace mailkeep::socketmap
