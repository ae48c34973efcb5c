// The input is what a POP3 client sends: lines, and the commands on them. Where the input is cut
// changes nothing.
#include <functional>
#include <string>

#include "expect.h"
#include "protocol/pop3/wire/command.h"
#include "protocol/pop3/wire/line_reader.h"

using namespace mailkeep;
using namespace mailkeep::pop3;

namespace {

constexpr std::size_t kLimit = 100;  // of a line; small, so that it is met

// False: the reader has given up.
bool feed(LineReader& reader, std::string_view octets, std::string& log) {
  reader.input() += octets;
  for (;;) {
    const LineEvent event = reader.next(kLimit);
    if (std::holds_alternative<NeedMore>(event)) return true;
    if (std::holds_alternative<EndlessLine>(event)) {
      log += 'E';
      return false;
    }
    log += std::holds_alternative<LineTooLong>(event) ? 'T' : 'L';
    const auto* line = std::get_if<Line>(&event);
    if (line == nullptr) continue;
    expect(line->text.size() <= kLimit, "a line keeps the limit");
    expect(line->text.find('\n') == std::string_view::npos, "a line has no line end");
    log += line->text;
    for (const State state : {State::authorization, State::transaction}) {
      const auto command = parse_command(line->text, state);
      if (command) expect(command->entry != nullptr, "a command has its entry");
      log += command ? '+' : '-';
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  LineReader at_once;
  std::string whole;
  feed(at_once, input, whole);
  LineReader piecewise;
  std::string pieces;
  std::size_t seed = std::hash<std::string_view>()(input);
  for (std::string_view rest = input; !rest.empty();) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + (seed >> 33) % 30);
    if (!feed(piecewise, rest.substr(0, piece), pieces)) break;
    rest.remove_prefix(piece);
  }
  expect(pieces == whole, "cuts change nothing");
  return 0;
}
