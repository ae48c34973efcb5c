// The input is a message, all the way: its structure keeps the rules, FETCH responses rendered from
// it keep the grammar of RFC 3501 and RFC 9051, and what they say agrees with the octets. POP3
// sends it whole.
#include "expect.h"
#include "fetch_check.h"

using namespace mailkeep;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  for (const std::string& broken : imap::fetch_violations(as_text(data, size), 12)) {
    expect(false, broken);
  }
  return 0;
}
