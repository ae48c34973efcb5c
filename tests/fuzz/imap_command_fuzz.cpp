// The input is what an IMAP client sends: the reader takes it apart into commands, whose parsers
// take them apart. Where the input is cut changes nothing.
#include <string>

#include "cut_input.h"
#include "expect.h"
#include "protocol/imap/command_table.h"
#include "protocol/imap/commands/append.h"
#include "protocol/imap/wire/command_reader.h"

using namespace mailkeep;
using namespace mailkeep::imap;

namespace {

// Small, so that they are met.
constexpr ReaderLimits kLimits{.line_bytes = 2000, .gathered_bytes = 4000};

constexpr Grammar kGrammar{};

void parse(std::string_view text) {
  static_cast<void>(parse_append_start(text, kGrammar));
  Decoder decoder(text);
  if (!decoder.tag() || !decoder.sp()) return;
  std::string name;
  const auto word = [&] {
    if (const auto atom = decoder.atom()) name += *atom;
  };
  word();
  if ((name == "UID" || name == "uid") && decoder.accept(' ')) {
    name += ' ';
    word();
  }
  const CommandEntry* const entry = find_command(name);
  if (entry != nullptr) static_cast<void>(entry->parse(decoder));
  expect(decoder.position() <= text.size(), "a parser stays inside of its text");
}

// What came of the input, event by event.
class Conversation {
 public:
  // False: nothing more is to be read.
  bool feed(std::string_view octets) {
    reader_.input() += octets;
    for (;;) {
      if (reader_.left_to_stream() > 0) {
        log_ += reader_.take();
        if (reader_.left_to_stream() > 0) return true;
      }
      const ReaderEvent event = reader_.next();
      if (std::holds_alternative<NeedMore>(event)) return true;
      if (const auto* literal = std::get_if<NeedLiteral>(&event)) take(*literal);
      if (const auto* command = std::get_if<CommandText>(&event)) {
        log_ += 'C';
        log_ += command->text;
        parse(command->text);
      }
      if (const auto* bad = std::get_if<BadInput>(&event)) {
        log_ += "B" + bad->tag + ' ' + bad->text;
        if (bad->fatal) return false;
      }
    }
  }
  const std::string& log() const { return log_; }

 private:
  void take(const NeedLiteral& literal) {
    log_ += 'L' + std::to_string(literal.octets);
    parse(literal.text);
    const auto append = parse_append_start(literal.text, kGrammar);
    if (append && *append && literal.octets < 3000) {
      reader_.stream(literal.octets);
    } else if (literal.octets % 7 == 3) {
      reader_.refuse(literal.octets, literal.synchronizing);
    } else {
      static_cast<void>(reader_.gather());
    }
  }

  CommandReader reader_{kLimits};
  std::string log_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  expect_cuts_change_nothing<Conversation>(as_text(data, size));
  return 0;
}
