// Whether more fits into an account's quota. Within the caller's transaction.
#pragma once

#include "store/quota.h"
#include "store/sqlite/database.h"

namespace mailkeep::store {

Quota load_quota(sqlite::Database& database);

// Whether `more` on top of what is used goes beyond a limit that it adds to.
bool is_over_quota(sqlite::Database& database, const QuotaUsage& more);

}  // namespace mailkeep::store
