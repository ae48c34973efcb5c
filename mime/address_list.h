// Address fields (RFC 5322 3.4 and the obsolete forms of 4.4) as IMAP shows them (RFC 9051 7.5.2).
// Whatever the field holds, the result is grammatical, and no address in it is passed over: after a
// mistake the next address is looked for. Linear in the value, and never recursive.
#pragma once

#include <string_view>
#include <vector>

#include "mime/structure.h"
#include "mime/value_keeper.h"

namespace mailkeep::mime {

struct AddressDefects {
  bool malformed = false;
  bool limited = false;  // there were more addresses than the limits allow
};

// Appends the addresses of the flattened `value` to `list`, which holds those of earlier fields of
// the same name.
AddressDefects parse_address_list(std::string_view value, ValueKeeper& keeper,
                                  std::vector<Address>& list);

}  // namespace mailkeep::mime
