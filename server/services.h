// What the server serves: the mail protocols' sessions as network services.
#pragma once

#include <vector>

#include "protocol/authenticator.h"
#include "protocol/blocking.h"
#include "protocol/lmtp/address_book.h"
#include "protocol/lmtp/delivery_services.h"
#include "protocol/session_events.h"
#include "protocol/socketmap/session.h"
#include "server/config/config.h"
#include "server/net/network.h"
#include "store/store.h"

namespace mailkeep::server {

// What all sessions share. The pointers are filled in before the first session begins and stay
// until the last one has ended.
struct SharedServices {
  protocol::BlockingPool* pool = nullptr;
  protocol::Authenticator* authenticator = nullptr;
  protocol::SessionEvents* events = nullptr;
  store::Store* store = nullptr;
  lmtp::AddressBook* addresses = nullptr;
  lmtp::DeliveryPool* deliveries = nullptr;
  lmtp::DeliveryLog* delivery_log = nullptr;
  socketmap::Maps* maps = nullptr;
};

// All services, with the addresses that `config` has for them. `shared` outlives them.
std::vector<net::Service> make_services(const Config& config, const SharedServices& shared);

}  // namespace mailkeep::server
