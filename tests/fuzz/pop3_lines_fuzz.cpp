// The input is a message that POP3 sends: where it is cut changes nothing, and nothing in it can
// end the reply early.
#include <string>

#include "expect.h"
#include "protocol/pop3/wire/message_lines.h"

using namespace mailkeep;
using namespace mailkeep::pop3;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view message = as_text(data + 1, size - 1);
  const std::size_t cut = data[0] % (message.size() + 1);
  LoneDotFinder finder;
  finder.feed(message.substr(0, cut));
  finder.feed(message.substr(cut));
  const bool lone_dot = finder.found();

  std::string whole(message);
  LineEncoder at_once(lone_dot);
  at_once.encode(whole, 0);
  at_once.finish(whole);

  std::string pieces(message.substr(0, cut));
  LineEncoder piecewise(lone_dot);
  piecewise.encode(pieces, 0);
  const std::size_t begin = pieces.size();
  pieces += message.substr(cut);
  piecewise.encode(pieces, begin);
  piecewise.finish(pieces);
  expect(pieces == whole, "cuts change nothing");
  expect(whole.ends_with(".\r\n"), "the reply ends");
  for (const std::string_view line_end : {"\n.\n", "\n.\r\n"}) {
    const std::size_t end = whole.find(line_end);
    expect(end == std::string::npos || end + line_end.size() == whole.size(),
           "a line that is a dot is the last one");
  }

  TopCounter counter(cut % 5);
  const std::size_t first = counter.feed(message.substr(0, cut));
  const std::size_t top = first < cut ? first : cut + counter.feed(message.substr(cut));
  TopCounter again(cut % 5);
  expect(again.feed(message) == top, "cuts change nothing of TOP");
  return 0;
}
