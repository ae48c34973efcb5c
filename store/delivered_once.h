// Which deliveries an account has had, so that they are not repeated. Within the caller's write.
#pragma once

#include <chrono>
#include <cstdint>

#include "store/sqlite/database.h"

namespace mailkeep::store {

// Asks for a message to be left out where one with its Message-ID came with the same envelope not
// longer ago than `memory`. One without a Message-ID is always new.
struct DeliveredOnce {
  std::uint64_t envelope = 0;  // a hash (hash_message_id) of who sent it and to whom
  std::chrono::seconds memory{0};
};

// Whether a message with this Message-ID (its hash; 0: none) was noted. `now`: seconds since 1970.
bool was_delivered(sqlite::Database& database, std::uint64_t message_id, const DeliveredOnce& once,
                   std::int64_t now);

// Notes it, and forgets what was noted longer ago than `once.memory`.
void note_delivered(sqlite::Database& database, std::uint64_t message_id, const DeliveredOnce& once,
                    std::int64_t now);

}  // namespace mailkeep::store
