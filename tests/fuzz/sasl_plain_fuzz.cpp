// The input is a response of SASL PLAIN, as base64 and as it stands.
#include "expect.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/plain.h"

using namespace mailkeep;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  if (const auto plain = sasl::parse_plain(input)) {
    expect(!plain->name.empty() && !plain->password.empty(), "neither is empty");
    expect(plain->name.size() <= sasl::kMaxNameBytes, "a name keeps its limit");
    expect(plain->password.size() <= sasl::kMaxPasswordBytes, "a password keeps its limit");
    expect(plain->authorization + '\0' + plain->name + '\0' + plain->password == input,
           "the fields are the message");
  }
  if (const auto octets = sasl::decode_base64(input)) {
    expect(sasl::encode_base64(*octets) == input, "base64 has one form");
    static_cast<void>(sasl::parse_plain(*octets));
  }
  return 0;
}
