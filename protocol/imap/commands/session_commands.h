// CAPABILITY, NOOP, LOGOUT (RFC 9051 6.1), ID (RFC 2971), ENABLE (RFC 5161), CHECK (RFC
// 3501 6.4.1).
#pragma once

#include <string>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct CapabilityCommand {};
struct NoopCommand {};
struct LogoutCommand {};
struct CheckCommand {};
struct IdCommand {
  std::vector<std::pair<std::string, std::string>> fields;  // at most 30, for the log only
};
struct EnableCommand {
  std::vector<std::string> capabilities;  // upper case
};

// Notes that the client knows CONDSTORE. The first time it is told the HIGHESTMODSEQ of the
// selected mailbox, if there is one (RFC 7162 3.1). Every command that enables CONDSTORE calls it.
// False: the client knew it already.
bool enable_condstore(Session& session);

// What ENABLE does for QRESYNC (RFC 7162 3.2.3), UIDONLY (RFC 9586 3.1), UTF8=ACCEPT (RFC 6855 3)
// IMAP4rev2 (RFC 9051 6.3.1), and for METADATA and METADATA-SERVER (RFC 5464 4.4); false where it
// was on.
bool enable_qresync(Session& session);
bool enable_uid_only(Session& session);
bool enable_utf8(Session& session);
bool enable_imap4rev2(Session& session);
bool enable_metadata(Session& session);
bool enable_metadata_server(Session& session);

Parsed<CapabilityCommand> parse_capability(Decoder& decoder);
Parsed<NoopCommand> parse_noop(Decoder& decoder);
Parsed<LogoutCommand> parse_logout(Decoder& decoder);
Parsed<CheckCommand> parse_check(Decoder& decoder);
Parsed<IdCommand> parse_id(Decoder& decoder);
Parsed<EnableCommand> parse_enable(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const CapabilityCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const NoopCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const LogoutCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const CheckCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const IdCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const EnableCommand& command);

}  // namespace mailkeep::imap
