// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE (RFC 9051 6.3.4 to 6.3.8), NAMESPACE (RFC 2342).
#pragma once

#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::imap {

struct CreateCommand {
  // What the mailbox is for (RFC 6154 3): a use that is not known, or several, are refused.
  store::SpecialUse use = store::SpecialUse::none;
  bool use_refused = false;
  std::string name;  // a trailing '/' is gone (RFC 3501 6.3.3)
};
struct DeleteCommand {
  std::string name;
};
struct RenameCommand {
  std::string from;
  std::string to;
};
struct SubscribeCommand {
  std::string name;
  bool subscribe = true;
};
struct NamespaceCommand {};

Parsed<CreateCommand> parse_create(Decoder& decoder);
Parsed<DeleteCommand> parse_delete(Decoder& decoder);
Parsed<RenameCommand> parse_rename(Decoder& decoder);
Parsed<SubscribeCommand> parse_subscribe(Decoder& decoder);
Parsed<SubscribeCommand> parse_unsubscribe(Decoder& decoder);
Parsed<NamespaceCommand> parse_namespace(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const CreateCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const DeleteCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const RenameCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const SubscribeCommand& command);
// The NAMESPACE response.
void write_namespaces(Session& session);
protocol::Awaitable<Reply> handle(Session& session, const NamespaceCommand& command);

}  // namespace mailkeep::imap
