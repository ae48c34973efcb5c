// GETMETADATA and SETMETADATA (RFC 5464): annotations of mailboxes, and of the account itself under
// the empty name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/encoder.h"
#include "protocol/stream.h"
#include "store/annotation.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxMetadataEntries = 200;  // in one command

struct GetMetadataCommand {
  std::string mailbox;
  store::AnnotationQuery query;
};
struct SetMetadataCommand {
  std::string mailbox;
  std::vector<store::AnnotationChange> changes;
};

// entry, in lower case: "/private/..." or "/shared/..." without wildcards and empty levels.
Parsed<std::string> parse_metadata_entry(Decoder& decoder);
// metadata-resp with values: what was found, and NIL for what was asked for and is not there.
// Nothing is written where both are empty.
void write_metadata(Encoder& out, std::string_view name, const std::vector<std::string>& asked,
                    const std::vector<store::Annotation>& found);
// Whether a user with these rights to a mailbox may read its annotations (RFC 5464 3.3).
bool may_annotate(Rights rights);

Parsed<GetMetadataCommand> parse_getmetadata(Decoder& decoder);
Parsed<SetMetadataCommand> parse_setmetadata(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const GetMetadataCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const SetMetadataCommand& command);

}  // namespace mailkeep::imap
