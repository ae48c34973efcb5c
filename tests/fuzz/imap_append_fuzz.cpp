// The input is what an IMAP client sends to append: APPEND and REPLACE with any number of messages,
// parts and URLs, whose literals are streamed away. Where the input is cut changes nothing.
#include <optional>
#include <string>

#include "cut_input.h"
#include "expect.h"
#include "protocol/imap/commands/append.h"
#include "protocol/imap/wire/command_reader.h"

using namespace mailkeep;
using namespace mailkeep::imap;

namespace {

constexpr ReaderLimits kLimits{.line_bytes = 2000, .gathered_bytes = 4000};  // met by tests
constexpr Grammar kGrammar{};

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
      if (const auto* bad = std::get_if<BadInput>(&event)) {
        log_ += 'B';
        parser_.reset();
        if (bad->fatal) return false;
      }
      if (const auto* literal = std::get_if<NeedLiteral>(&event)) take(*literal);
      if (const auto* command = std::get_if<CommandText>(&event)) end(command->text);
    }
  }
  const std::string& log() const { return log_; }

 private:
  void take(const NeedLiteral& literal) {
    log_ += 'L';
    if (!parser_) {
      auto start = parse_append_start(literal.text, kGrammar);
      if (!start) return static_cast<void>(reader_.gather());
      if (!*start) return reader_.refuse(literal.octets, literal.synchronizing);
      parser_ = **std::move(start);
      note_steps();
      return reader_.stream(literal.octets);
    }
    const auto need = parser_->advance(literal.text, false);
    note_steps();
    if (need && *need == AppendParser::Need::literal) return reader_.stream(literal.octets);
    if (need && *need == AppendParser::Need::gather) return static_cast<void>(reader_.gather());
    expect(!need, "a literal that is announced is wanted or wrong");
    parser_.reset();
    reader_.refuse(literal.octets, literal.synchronizing);
  }

  void end(std::string_view text) {
    log_ += 'C';
    log_ += text;
    if (!parser_) return;
    const auto need = parser_->advance(text, true);
    if (need) expect(*need == AppendParser::Need::nothing, "what is complete needs nothing");
    note_steps();
    parser_.reset();
  }

  void note_steps() {
    for (const AppendStep& step : parser_->take_steps()) {
      log_ += static_cast<char>('0' + static_cast<int>(step.kind));
      log_ += step.url;
      expect(step.url.empty() == (step.kind != AppendStep::Kind::url), "a URL's step has it");
    }
  }

  CommandReader reader_{kLimits};
  std::optional<AppendParser> parser_;
  std::string log_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  expect_cuts_change_nothing<Conversation>(as_text(data, size));
  return 0;
}
