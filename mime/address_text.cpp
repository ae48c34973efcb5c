#include "mime/address_text.h"

#include <vector>

#include "mime/address_list.h"
#include "mime/field_scanner.h"
#include "mime/message_parser.h"
#include "mime/text/encoded_word.h"
#include "mime/text_arena.h"
#include "mime/value_keeper.h"

namespace mailkeep::mime {
namespace {

void append_address(const Address& address, std::string& text) {
  const bool has_name = address.name && !address.name->empty();
  if (has_name) text.append(decode_header_text(*address.name)).append(" <");
  if (*address.mailbox != kMissingMailbox) text += *address.mailbox;
  if (*address.host != kMissingDomain) text.append("@").append(*address.host);
  if (has_name) text += '>';
}

}  // namespace

std::string address_text(std::string_view value) {
  const ParserLimits limits;
  TextArena arena;
  ValueKeeper keeper(limits, arena);
  std::string flat;
  flatten(value, limits.field_bytes, flat);
  std::vector<Address> list;
  parse_address_list(flat, keeper, list);
  std::string text;
  bool follows = false;  // an address, so that a comma comes before the next one
  for (const Address& address : list) {
    if (!address.mailbox) {
      text += ';';
      follows = false;
      continue;
    }
    if (!text.empty()) text += follows ? ", " : " ";
    if (address.host) {
      append_address(address, text);
    } else {
      text.append(decode_header_text(*address.mailbox)).append(":");
    }
    follows = address.host.has_value();
  }
  return text;
}

}  // namespace mailkeep::mime
