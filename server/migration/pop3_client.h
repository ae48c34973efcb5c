// The unique ids that a POP3 server tells (RFC 1939 7), to be kept for its clients. Blocking.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/migration/imap_client.h"

namespace mailkeep::server {

struct Pop3Message {
  std::uint64_t size = 0;  // octets, as LIST says
  std::string id;
};

// Logs in, asks for LIST and UIDL, and leaves everything as it is. In the order of the messages.
// Throws as ImapClient does; `login.url` is of POP3.
std::vector<Pop3Message> fetch_pop3_ids(const RemoteLogin& login);

}  // namespace mailkeep::server
