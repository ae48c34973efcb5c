// The input is a URL of CATENATE: what it says is within what the store can be asked for.
#include <limits>

#include "expect.h"
#include "protocol/imap/fetch/fetch_items.h"
#include "protocol/imap/wire/imap_url.h"

using namespace mailkeep;
using namespace mailkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  const auto url = parse_message_url(text);
  if (!url) return 0;
  expect(size <= kMaxUrlBytes, "a long URL is none");
  expect(url->uid != 0, "a message has a UID");
  expect(!url->uid_validity || *url->uid_validity != 0, "UIDVALIDITY is not 0");
  expect(!url->partial || url->partial->octets != 0U, "a range is not empty");
  expect(url->mailbox.find('\0') == std::string::npos, "a mailbox has no NUL");
  expect(url->absolute || url->user.empty(), "only an absolute URL has a user");
  Decoder decoder(url->section);
  static_cast<void>(parse_section_spec(decoder));
  return 0;
}
