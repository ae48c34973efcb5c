#include "store/delivered_once.h"

namespace mailkeep::store {

namespace {

constexpr const char* kWasDelivered =
    R"sql(SELECT 1 FROM delivered WHERE key = ?1 AND time >= ?2)sql";
constexpr const char* kNoteDelivered =
    R"sql(INSERT OR REPLACE INTO delivered (key, time) VALUES (?1, ?2))sql";
constexpr const char* kForgetDelivered = R"sql(DELETE FROM delivered WHERE time < ?1)sql";

std::int64_t key_of(std::uint64_t message_id, std::uint64_t envelope) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;  // spreads the bits of one over the other's
  return static_cast<std::int64_t>(message_id * kOdd + envelope);
}

}  // namespace

bool was_delivered(sqlite::Database& database, std::uint64_t message_id, const DeliveredOnce& once,
                   std::int64_t now) {
  if (message_id == 0) return false;
  return database.query(kWasDelivered, key_of(message_id, once.envelope), now - once.memory.count())
      .step();
}

void note_delivered(sqlite::Database& database, std::uint64_t message_id, const DeliveredOnce& once,
                    std::int64_t now) {
  if (message_id == 0) return;
  database.run(kForgetDelivered, now - once.memory.count());
  database.run(kNoteDelivered, key_of(message_id, once.envelope), now);
}

}  // namespace mailkeep::store
