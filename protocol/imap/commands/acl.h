// SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS (RFC 4314 3). The owner of a mailbox has all
// rights to it, whatever its list says.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/rights.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct SetAclCommand {
  enum class Change : std::uint8_t { replace, add, remove };
  std::string mailbox;
  std::string identifier;  // prepared; with its '-' where rights are taken away
  Change change = Change::replace;
  Rights rights = right::none;
};
struct GetAclCommand {
  std::string mailbox;
};
struct ListRightsCommand {
  std::string mailbox;
  std::string identifier;
};
struct MyRightsCommand {
  std::string mailbox;
};

Parsed<SetAclCommand> parse_setacl(Decoder& decoder);
Parsed<SetAclCommand> parse_deleteacl(Decoder& decoder);
Parsed<GetAclCommand> parse_getacl(Decoder& decoder);
Parsed<ListRightsCommand> parse_listrights(Decoder& decoder);
Parsed<MyRightsCommand> parse_myrights(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const SetAclCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const GetAclCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const ListRightsCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const MyRightsCommand& command);

}  // namespace mailkeep::imap
