// GETQUOTA, GETQUOTAROOT, SETQUOTA (RFC 9208). Each account has one quota root: "" to its owner,
// and the name of its namespace to an administrator, who alone may set limits.
#pragma once

#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"
#include "store/quota.h"

namespace mailkeep::imap {

struct GetQuotaCommand {
  std::string root;
};
struct GetQuotaRootCommand {
  std::string mailbox;
};
struct SetQuotaCommand {
  std::string root;
  store::QuotaLimits limits;
};

Parsed<GetQuotaCommand> parse_getquota(Decoder& decoder);
Parsed<GetQuotaRootCommand> parse_getquotaroot(Decoder& decoder);
Parsed<SetQuotaCommand> parse_setquota(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const GetQuotaCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const GetQuotaRootCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const SetQuotaCommand& command);

}  // namespace mailkeep::imap
