// The input is the value of an address field: the list is grammatical.
#include "expect.h"
#include "mime/address_list.h"
#include "mime/field_scanner.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string value;
  flatten(as_text(data, size), size, value);
  ParserLimits limits;
  limits.addresses = 20;
  TextArena arena;
  ValueKeeper keeper(limits, arena);
  std::vector<Address> list;
  parse_address_list(value, keeper, list);
  parse_address_list(value, keeper, list);

  bool in_group = false;
  for (const Address& address : list) {
    if (address.host) {
      expect(address.mailbox.has_value(), "an address has a mailbox");
      continue;
    }
    expect(address.mailbox.has_value() != in_group, "group starts and ends alternate");
    expect(!address.name && !address.route, "a group has a name alone");
    in_group = address.mailbox.has_value();
  }
  expect(!in_group, "the last group ends");
  return 0;
}
