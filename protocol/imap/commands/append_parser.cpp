#include "protocol/imap/commands/append_parser.h"

#include <utility>

namespace mailkeep::imap {

struct AppendParser::Source {
  Decoder decoder;
  bool complete;

  bool takes_literal8() const {
    return decoder.allows(Capability::binary) || decoder.grammar().utf8;
  }

  // Whether all that is left is the header of the literal that waits: "{n}", "{n+}" or "~{n}" and
  // CRLF.
  bool at_literal() const {
    std::string_view rest = decoder.rest();
    if (rest.starts_with('~') && takes_literal8()) rest.remove_prefix(1);
    return !complete && rest.starts_with('{') && rest.find('\n') == rest.size() - 1;
  }
};

AppendParser::AppendParser(const Grammar& grammar, bool replaces, bool by_uid, std::size_t position)
    : grammar_(&grammar),
      phase_(Phase::mailbox),
      base_(position),
      replaces_(replaces),
      by_uid_(by_uid) {}

std::vector<AppendStep> AppendParser::take_steps() {
  return std::exchange(steps_, {});
}

Parsed<AppendParser::Need> AppendParser::advance(std::string_view text, bool complete) {
  for (;;) {
    Source source{Decoder(text.substr(position_), *grammar_), complete};
    auto need = step(source);
    if (!need) {
      SyntaxError error = std::move(need.error());
      error.position += base_ + position_;
      return std::unexpected(std::move(error));
    }
    if (*need == Need::gather) return Need::gather;
    position_ += source.decoder.position();
    if (*need) return **need;
  }
}

Parsed<std::optional<AppendParser::Need>> AppendParser::step(Source& source) {
  switch (phase_) {
    case Phase::tag:
      return read_name(source);
    case Phase::mailbox:
      return read_mailbox(source);
    case Phase::message:
      return read_message(source);
    case Phase::part:
      return read_part(source);
    case Phase::after_part:
      return read_after_part(source);
    case Phase::after_utf8:
      return read_after_utf8(source);
  }
  return source.decoder.fail("unreachable");
}

// tag SP ("APPEND" / ["UID" SP] "REPLACE")
Parsed<std::optional<AppendParser::Need>> AppendParser::read_name(Source& source) {
  Decoder& decoder = source.decoder;
  const auto tag = decoder.tag();
  if (!tag) return std::unexpected(tag.error());
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  by_uid_ = decoder.accept_word("UID") && decoder.accept(' ');
  replaces_ = decoder.accept_word("REPLACE", Capability::replace);
  if (!replaces_ && (by_uid_ || !decoder.accept_word("APPEND"))) {
    return decoder.fail("expected a command with a message");
  }
  tag_ = *tag;
  phase_ = Phase::mailbox;
  return std::nullopt;
}

// SP [seq-number SP] mailbox
Parsed<std::optional<AppendParser::Need>> AppendParser::read_mailbox(Source& source) {
  Decoder& decoder = source.decoder;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (replaces_) {
    if (!by_uid_) {
      if (auto allowed = decoder.allow_numbers(); !allowed) {
        return std::unexpected(allowed.error());
      }
    }
    const bool last = decoder.accept('*');
    const auto number = last ? Parsed<std::uint32_t>(kLastMessage) : decoder.nz_number();
    if (!number) return std::unexpected(number.error());
    replaced_ = *number;
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  }
  if (source.at_literal()) return Need::gather;
  auto mailbox = decoder.mailbox();
  if (!mailbox) return std::unexpected(mailbox.error());
  mailbox_ = std::move(*mailbox);
  phase_ = Phase::message;
  return std::nullopt;
}

// append-message = [SP flag-list] [SP date-time] SP append-data (RFC 3502, RFC 4466 2.5)
Parsed<std::optional<AppendParser::Need>> AppendParser::read_message(Source& source) {
  Decoder& decoder = source.decoder;
  if (source.complete && has_message_) {
    Decoder rest = decoder;
    if (rest.end()) return Need::nothing;
  }
  // REPLACE has one message (RFC 8508 4.7).
  if (has_message_ && (replaces_ || !decoder.allows(Capability::multi_append))) {
    return decoder.fail("expected the end of the command");
  }
  AppendStep step;
  if (auto read = read_flags_and_date(source, step); !read) return std::unexpected(read.error());
  has_message_ = true;
  steps_.push_back(std::move(step));
  if (source.at_literal()) return read_literal(source);
  const bool utf8 = decoder.grammar().utf8 && decoder.accept_word("UTF8");
  if (!utf8 && !decoder.accept_word("CATENATE", Capability::catenate)) {
    return decoder.fail("expected the message as a literal");
  }
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (auto open = decoder.expect('('); !open) return std::unexpected(open.error());
  phase_ = utf8 ? Phase::after_utf8 : Phase::part;
  if (!utf8) return std::nullopt;
  if (decoder.peek() != '~' || !source.at_literal()) return decoder.fail("expected a literal8");
  return read_literal(source);
}

// SP [flag-list SP] [date-time SP]
Parsed<void> AppendParser::read_flags_and_date(Source& source, AppendStep& step) {
  Decoder& decoder = source.decoder;
  if (auto space = decoder.sp(); !space) return space;
  if (decoder.peek() == '(') {
    auto flags = decoder.flag_list();
    if (!flags) return std::unexpected(flags.error());
    step.flags = std::move(*flags);
    if (auto space = decoder.sp(); !space) return space;
  }
  if (decoder.peek() == '"') {
    const auto date = decoder.date_time();
    if (!date) return std::unexpected(date.error());
    step.date = *date;
    if (auto space = decoder.sp(); !space) return space;
  }
  return {};
}

// cat-part = "TEXT" SP literal / "URL" SP astring (RFC 4469 5)
Parsed<std::optional<AppendParser::Need>> AppendParser::read_part(Source& source) {
  Decoder& decoder = source.decoder;
  phase_ = Phase::after_part;
  if (decoder.accept_word("TEXT")) {
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
    if (!source.at_literal()) return decoder.fail("expected a text as a literal");
    return read_literal(source);
  }
  if (!decoder.accept_word("URL")) return decoder.fail("expected TEXT or URL");
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (source.at_literal()) {
    phase_ = Phase::part;
    return Need::gather;
  }
  auto url = decoder.astring();
  if (!url) return std::unexpected(url.error());
  AppendStep step;
  step.kind = AppendStep::Kind::url;
  step.url = std::move(*url);
  steps_.push_back(std::move(step));
  return std::nullopt;
}

Parsed<std::optional<AppendParser::Need>> AppendParser::read_after_part(Source& source) {
  if (source.decoder.accept(' ')) {
    phase_ = Phase::part;
    return std::nullopt;
  }
  if (auto close = source.decoder.expect(')'); !close) return std::unexpected(close.error());
  phase_ = Phase::message;
  return std::nullopt;
}

// append-data-utf8 = "UTF8" SP "(" literal8 ")" (RFC 6855 4)
Parsed<std::optional<AppendParser::Need>> AppendParser::read_after_utf8(Source& source) {
  if (auto close = source.decoder.expect(')'); !close) return std::unexpected(close.error());
  phase_ = Phase::message;
  return std::nullopt;
}

// literal / literal8: only its header is in the text.
Parsed<std::optional<AppendParser::Need>> AppendParser::read_literal(Source& source) {
  source.decoder.accept('~');
  if (auto octets = source.decoder.literal_header(); !octets) {
    return std::unexpected(octets.error());
  }
  AppendStep step;
  step.kind = AppendStep::Kind::literal;
  steps_.push_back(std::move(step));
  return Need::literal;
}

}  // namespace mailkeep::imap
