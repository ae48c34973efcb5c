// APPEND and REPLACE as they arrive: the command's text comes up to one literal after the other,
// and the messages themselves are never in it. RFC 9051 6.3.12, MULTIAPPEND (RFC 3502), CATENATE
// (RFC 4469), literal8 (RFC 3516), UTF8 (RFC 6855 4), REPLACE (RFC 8508).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

// One thing that the client asked for, in order.
struct AppendStep {
  enum class Kind : std::uint8_t {
    message,  // a message begins, with its flags and date
    literal,  // the octets of the literal that is announced now go to the message
    url,      // the octets that a URL means go to it
  };
  Kind kind = Kind::message;
  store::FlagSet flags;
  std::optional<store::InternalDate> date;
  std::string url;
};

// As AppendParser::replaced(): "*".
inline constexpr std::uint32_t kLastMessage = 0;

class AppendParser {
 public:
  // What a text so far needs.
  enum class Need : std::uint8_t {
    literal,  // the last step is a literal, whose octets are to be streamed
    gather,   // the literal belongs into the text: an argument
    nothing,  // the command is complete
  };

  // Begins at the tag of a command. `grammar` must outlive the parser.
  explicit AppendParser(const Grammar& grammar) : grammar_(&grammar) {}
  // Begins behind the command's name. `position`: where that is, for mistakes.
  AppendParser(const Grammar& grammar, bool replaces, bool by_uid, std::size_t position);

  // Reads on in `text`, which begins where the last one did and is longer, with only the header of
  // a literal that was streamed. It ends with the header of a literal, unless `complete`.
  Parsed<Need> advance(std::string_view text, bool complete);
  // The steps since the last call.
  std::vector<AppendStep> take_steps();

  // Whether the last step is part of a message of several (CATENATE).
  bool in_parts() const { return phase_ == Phase::after_part; }

  // Whether the command is one of those at all; before that is known, not.
  bool is_append() const { return phase_ != Phase::tag; }
  const std::string& tag() const { return tag_; }
  bool replaces() const { return replaces_; }
  bool by_uid() const { return by_uid_; }
  // The message that REPLACE replaces: a sequence number or a UID.
  std::uint32_t replaced() const { return replaced_; }
  const std::string& mailbox() const { return mailbox_; }

 private:
  enum class Phase : std::uint8_t { tag, mailbox, message, part, after_part, after_utf8 };
  struct Source;  // the text, from position_

  Parsed<std::optional<Need>> step(Source& source);
  Parsed<std::optional<Need>> read_name(Source& source);
  Parsed<std::optional<Need>> read_mailbox(Source& source);
  Parsed<std::optional<Need>> read_message(Source& source);
  Parsed<std::optional<Need>> read_part(Source& source);
  Parsed<std::optional<Need>> read_after_part(Source& source);
  Parsed<std::optional<Need>> read_after_utf8(Source& source);
  Parsed<std::optional<Need>> read_literal(Source& source);
  Parsed<void> read_flags_and_date(Source& source, AppendStep& step);

  const Grammar* grammar_;
  Phase phase_ = Phase::tag;
  std::size_t base_ = 0;
  std::size_t position_ = 0;  // of what is read and done with
  std::string tag_;
  bool replaces_ = false;
  bool by_uid_ = false;
  std::uint32_t replaced_ = 0;
  std::string mailbox_;
  bool has_message_ = false;
  std::vector<AppendStep> steps_;
};

}  // namespace mailkeep::imap
