// The input is a bearer token, a key set and a password as other servers keep it: none is taken for
// genuine.
#include <stdexcept>
#include <string>

#include "expect.h"
#include "server/auth/jwt.h"
#include "server/auth/password_scheme.h"

using namespace mailkeep;

namespace {

const server::KeySet& keys() {
  static const server::KeySet kKeys(R"({"keys":[{"kty":"OKP","crv":"Ed25519",)"
                                    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  return kKeys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  expect(!server::check_jwt(input, keys(), {}, 1'700'000'000).valid, "no such token is signed");
  static_cast<void>(server::check_claims(input, {}, 1'700'000'000, false));
  static_cast<void>(server::looks_like_jwt(input));
  try {
    static_cast<void>(server::KeySet(input));
  } catch (const std::runtime_error&) {
    // it is none
  }
  // Slow schemes would only make the target slow.
  if (input.find('$') == std::string_view::npos && input.find("SCRAM") == std::string_view::npos) {
    static_cast<void>(server::check_scheme(input, "secret"));
  }
  return 0;
}
