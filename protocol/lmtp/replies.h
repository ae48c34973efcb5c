// What becomes of an address or a delivery, as a reply with the right class: 5xx where trying again
// cannot help, 4xx where it can (RFC 3463 3).
#pragma once

#include "protocol/lmtp/address_book.h"
#include "protocol/lmtp/delivery.h"
#include "protocol/lmtp/wire/reply.h"

namespace mailkeep::lmtp {

Reply reply_to(AddressError error);
// `defer_over_quota`: a full account is the sender's to try again.
Reply reply_to(Outcome outcome, bool defer_over_quota);

}  // namespace mailkeep::lmtp
