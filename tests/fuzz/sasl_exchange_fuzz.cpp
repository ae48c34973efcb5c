// The input is the responses of a client, a line each, to every mechanism: whatever they are,
// nobody is let in.
#include <algorithm>
#include <string>

#include "expect.h"
#include "protocol/auth_service/wire/request.h"
#include "protocol/sasl/mechanisms.h"
#include "protocol/sasl/scram.h"

using namespace mailkeep;

namespace {

// Keys that nobody has the password of.
const sasl::ScramRecord& record() {
  static const sasl::ScramRecord kRecord{
      1, "salt", {{std::string(32, 'x'), std::string(32, 'y'), ""}}};
  return kRecord;
}

void converse(const sasl::Mechanism& mechanism, const sasl::ExchangeContext& context,
              std::string_view input) {
  const auto exchange = mechanism.make(mechanism, context);
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    sasl::Action action = exchange->step(std::string(input.substr(0, end)));
    input.remove_prefix(std::min(end + 1, input.size()));
    if (action.kind == sasl::Action::Kind::find_keys) action = exchange->use_keys(record());
    expect(!action.proved, "nobody proves what nobody knows");
    if (action.kind != sasl::Action::Kind::challenge) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  const sasl::ExchangeContext context{
      .channel_binding = [](std::string_view) { return std::string("bound"); },
      .certificate = {"cn:ann"}};
  for (const sasl::Mechanism& mechanism : sasl::mechanisms()) {
    converse(mechanism, context, input);
    converse(mechanism, {}, input);
  }
  static_cast<void>(auth_service::parse_request(input));
  expect(auth_service::unescape(auth_service::escape(input)) == input, "escapes are undone");
  return 0;
}
