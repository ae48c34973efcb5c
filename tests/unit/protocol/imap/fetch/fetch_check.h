// The whole way of a message: octets -> structure -> FETCH responses -> strict grammar -> whether
// what was said is consistent with the octets and with itself. Unit tests and fuzz targets share
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/mailbox_view.h"

namespace mailkeep::imap {

// One sentence for each thing that is wrong; none if all is well. `parts`: how many parts are
// fetched one by one.
std::vector<std::string> fetch_violations(std::string_view message, std::size_t parts = 40);

// A view of a mailbox with one message, UID 1, without any account.
MailboxView one_message_view();

}  // namespace mailkeep::imap
