// The input is a URL of CATENATE or URLAUTH: what it says is within what the store can be asked
// for.
#include <limits>

#include "expect.h"
#include "protocol/imap/fetch/fetch_items.h"
#include "protocol/imap/wire/imap_url.h"

using namespace mailkeep;
using namespace mailkeep::imap;

namespace {

void check_authorized(std::string_view text, bool is_rump) {
  const auto url = parse_authorized_url(text, is_rump);
  if (!url) return;
  expect(text.size() <= kMaxUrlBytes, "a long URL is none");
  expect(text.starts_with(url->rump), "the token is of the URL's begin");
  expect(is_rump == (url->rump.size() == text.size()), "a rump has no token");
  expect(is_rump == url->token.empty() && is_rump == url->mechanism.empty(), "a token has both");
  const bool is_hex = url->token.find_first_not_of("0123456789abcdef") == std::string::npos;
  expect(is_hex, "a token is hexadecimal");
  expect(url->message.absolute && !url->message.user.empty(), "it says whose message");
  const bool of_user = url->access == UrlAccess::user || url->access == UrlAccess::submit;
  expect(of_user == !url->user.empty(), "it says whose it is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  check_authorized(text, true);
  check_authorized(text, false);
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
