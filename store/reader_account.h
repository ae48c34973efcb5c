// An account as somebody else than its owner sees it: see Account::for_reader.
#pragma once

#include <memory>
#include <string>

#include "store/account.h"

namespace mailkeep::store {

class AccountImpl;

std::shared_ptr<Account> make_reader_account(std::shared_ptr<AccountImpl> owner,
                                             std::string_view reader);

}  // namespace mailkeep::store
