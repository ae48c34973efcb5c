// What LIST, LSUB, NAMESPACE, STATUS and response codes of another server tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/account.h"

namespace mailkeep::server {

struct ListReply {
  std::string wire_name;  // as the server wrote it, to be sent back
  char separator = 0;     // between levels; zero: there are none
  store::SpecialUse special_use = store::SpecialUse::none;
  bool selectable = true;
  bool subscribed = false;
  bool from_lsub = false;
};

// Of "* LIST (...) "/" name" or LSUB; nothing where the line is another response.
std::optional<ListReply> parse_list_reply(std::string_view line);

// The prefix of the first personal namespace (RFC 2342 5), as it is on the wire.
std::optional<std::string> parse_namespace_prefix(std::string_view line);

// The name of a mailbox here: UTF-8, '/' between levels, without the namespace's prefix. Nothing
// where it cannot have one.
std::optional<std::string> local_name(const ListReply& mailbox, std::string_view prefix);

struct StatusReply {
  std::string wire_name;
  std::uint32_t messages = 0;
  std::uint32_t uid_next = 0;  // zero: not told
  std::uint32_t uid_validity = 0;
  std::uint64_t modseq = 0;  // zero: the mailbox has none
};
std::optional<StatusReply> parse_status_reply(std::string_view line);

// The number of a response code: `name` UIDVALIDITY in "* OK [UIDVALIDITY 5] text".
std::optional<std::uint64_t> response_code_number(std::string_view line, std::string_view name);

}  // namespace mailkeep::server
