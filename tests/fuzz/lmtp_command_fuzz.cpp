// The input is what an LMTP client sends: lines and the commands on them, or the octets of a
// message behind DATA. Where the input is cut changes nothing.
#include <string>

#include "cut_input.h"
#include "expect.h"
#include "protocol/lmtp/wire/command.h"
#include "protocol/lmtp/wire/data_decoder.h"
#include "protocol/lmtp/wire/line_reader.h"

using namespace mailkeep;
using namespace mailkeep::lmtp;

namespace {

class Conversation {
 public:
  // False: the reader has given up.
  bool feed(std::string_view octets) {
    reader_.input() += octets;
    for (;;) {
      if (in_message_ && !take_message()) return true;
      const LineEvent event = reader_.next();
      if (std::holds_alternative<NeedMore>(event)) return true;
      log_ += static_cast<char>('0' + event.index());
      if (std::holds_alternative<EndlessLine>(event)) return false;
      if (const auto* line = std::get_if<Line>(&event)) {
        if (!take_line(line->text)) return false;
      }
    }
  }
  const std::string& log() const { return log_; }

 private:
  bool take_message() {
    reader_.take(decoder_.feed(reader_.rest(), log_));
    in_message_ = !decoder_.done();
    return !in_message_;
  }
  bool take_line(std::string_view line) {
    expect(line.find_first_of("\r\n") == std::string_view::npos, "a line has no line end");
    expect(line.size() <= kMaxLineBytes, "a line keeps the limit");
    log_ += line;
    const auto command = parse_command(line);
    if (!command) return !command.error().fatal;
    expect(command->entry != nullptr, "a command has its entry");
    if (const auto* mail = std::get_if<MailCommand>(&command->command)) check(mail->sender);
    if (const auto* rcpt = std::get_if<RcptCommand>(&command->command)) check(rcpt->recipient);
    if (std::holds_alternative<DataCommand>(command->command)) {
      in_message_ = true;
      decoder_ = DataDecoder();
    }
    return true;
  }
  // What is written back is read as the same.
  void check(const Address& address) {
    if (address.empty()) return;
    const std::string text = "<" + address.text() + ">";
    std::string_view rest = text;
    const auto again = take_path(rest, false);
    expect(again && *again == address && rest.empty(), "an address is written as it is read");
  }

  LineReader reader_;
  DataDecoder decoder_;
  bool in_message_ = false;
  std::string log_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  expect_cuts_change_nothing<Conversation>(as_text(data, size));
  return 0;
}
