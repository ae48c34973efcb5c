// THREAD=ORDEREDSUBJECT (RFC 5256 3): messages with the same base subject are a thread, the first
// of them the parent of the others.
#pragma once

#include <span>

#include "protocol/imap/thread/thread_forest.h"

namespace mailkeep::imap {

ThreadForest thread_by_subject(std::span<const ThreadMessage> messages);

}  // namespace mailkeep::imap
