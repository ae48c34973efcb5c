#include "store/account_impl.h"

namespace mailkeep::store {

StoreResult<UidSet> AccountImpl::search(MailboxId, const SearchQuery&, std::stop_token) {
  return UidSet{};
}

}  // namespace mailkeep::store
