// The input is encoded content: cuts change nothing.
#include <functional>

#include "expect.h"
#include "mime/content_check.h"
#include "mime/text/decoders.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view content = as_text(data, size);
  for (const auto encoding : {TransferEncoding::base64, TransferEncoding::quoted_printable}) {
    std::string whole;
    TransferDecoder at_once(encoding);
    at_once.feed(content, whole);
    at_once.finish(whole);
    expect(whole.size() <= content.size(), "decoding never makes more");

    std::string pieces;
    TransferDecoder piecewise(encoding);
    std::size_t seed = std::hash<std::string_view>()(content);
    for (std::string_view rest = content; !rest.empty();) {
      seed = seed * 6364136223846793005U + 1442695040888963407U;
      const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + (seed >> 33) % 30);
      piecewise.feed(rest.substr(0, piece), pieces);
      rest.remove_prefix(piece);
    }
    piecewise.finish(pieces);
    expect(pieces == whole, "cuts change nothing");
    expect(piecewise.damaged() == at_once.damaged(), "cuts change no verdict");

    ContentCheck check(encoding);
    check.feed(content.substr(0, content.size() / 2));
    check.feed(content.substr(content.size() / 2));
    check.finish();
    expect(check.first_damage().has_value() == at_once.damaged(), "the check agrees");
    expect(check.first_damage().value_or(0) <= content.size(), "damage is inside");
  }
  return 0;
}
