// What an extended LIST asks for (RFC 5258 3): which names, and what to tell of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/commands/status.h"
#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

struct ListSelection {
  bool subscribed = false;       // subscribed names rather than mailboxes
  bool special_use = false;      // RFC 6154 5.1
  bool recursive_match = false;  // and parents of what is selected
  // REMOTE changes nothing: there are no mailboxes on other servers.
};

struct ListReturn {
  bool subscribed = false;
  std::vector<StatusItem> status;     // RFC 5819; empty: none
  bool my_rights = false;             // RFC 8440
  std::vector<std::string> metadata;  // entries (RFC 9590); empty: none
  // Told without being asked for, unless these capabilities are turned off.
  bool children = true;
  bool special_use = true;
};

// list-select-opts, from its parenthesis. RECURSIVEMATCH needs another option beside it (RFC
// 5258 3.1).
Parsed<ListSelection> parse_list_selection(Decoder& decoder);
// What is told without a RETURN.
ListReturn unasked_return(const Grammar& grammar);
// What stands behind "RETURN" SP, from its parenthesis.
Parsed<ListReturn> parse_list_return(Decoder& decoder);

}  // namespace mailkeep::imap
