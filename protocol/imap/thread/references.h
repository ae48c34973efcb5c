// THREAD=REFERENCES (RFC 5256 3) and THREAD=REFS (draft-ietf-morg-inthread 5): threads by what
// messages refer to.
//
// REFS leaves subjects alone and puts the threads in the order of their newest messages, by sent
// date.
#pragma once

#include <span>

#include "protocol/imap/thread/thread_forest.h"

namespace mailkeep::imap {

ThreadForest thread_by_references(std::span<const ThreadMessage> messages);
ThreadForest thread_by_refs(std::span<const ThreadMessage> messages);

}  // namespace mailkeep::imap
