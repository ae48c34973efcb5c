// New messages, within a write: what append and replace share.
#pragma once

#include <string_view>
#include <vector>

#include "store/account.h"
#include "store/write_queue.h"

namespace mailkeep::store {

// Adds `messages`, whose uploads are finished, to the mailbox of that name, and counts them in.
// With a reader, who is not the owner, their \Seen is the reader's, and for the owner they are new.
// Where it is refused, the caller's write is to be undone.
StoreResult<AppendResult> append_to(WriteContext& context, std::string_view mailbox,
                                    std::vector<NewMessage>& messages, std::string_view reader);

}  // namespace mailkeep::store
