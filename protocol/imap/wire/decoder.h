// Reads the arguments of one complete command (RFC 9051 9, RFC 3501 9), token by token. A command's
// text is its line with each gathered literal in place: "{5}\r\nhello" stands in the text as it
// came. Method names are the grammar's; each consumes what it names or fails without a promise
// about the position. Views point into the command's text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/wire/grammar.h"
#include "protocol/imap/wire/place_range.h"
#include "protocol/imap/wire/syntax_error.h"
#include "store/types.h"

namespace mailkeep::imap {

class SequenceSet;

class Decoder {
 public:
  // `text` without the final CRLF. Without a grammar, all of it is allowed and names are modified
  // UTF-7; `grammar` must outlive the decoder.
  explicit Decoder(std::string_view text) : text_(text) {}
  Decoder(std::string_view text, const Grammar& grammar) : text_(text), grammar_(&grammar) {}

  const Grammar& grammar() const { return *grammar_; }
  // Whether the session has the capability: what belongs to another is as unknown as anything.
  bool allows(Capability capability) const { return !grammar_->disabled.contains(capability); }

  bool at_end() const { return position_ == text_.size(); }
  std::size_t position() const { return position_; }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  std::string_view rest() const { return text_.substr(position_); }

  // Consumes `c` if it is next.
  bool accept(char c);
  // Consumes `word` (ASCII case-insensitive) if it is next and no atom character follows it.
  bool accept_word(std::string_view word);
  // The same for a word of an extension: never consumed where that is turned off.
  bool accept_word(std::string_view word, Capability capability) {
    return allows(capability) && accept_word(word);
  }
  // The same, whatever follows: "BODY[" of a section.
  bool accept_prefix(std::string_view prefix);

  Parsed<void> sp();
  Parsed<void> expect(char c);
  Parsed<void> end();               // nothing but spaces may be left
  Parsed<std::string_view> atom();  // 1*ATOM-CHAR
  Parsed<std::string_view> tag();
  Parsed<std::string> string();   // quoted or literal
  Parsed<std::string> astring();  // 1*ASTRING-CHAR / string
  Parsed<std::optional<std::string>> nstring();
  Parsed<std::string> literal8();      // RFC 3516: "~{n}" CRLF *OCTET, NUL too
  Parsed<std::string> list_mailbox();  // 1*list-char / string (wildcards allowed)
  Parsed<std::string>
  mailbox();  // astring as UTF-8 name (modified UTF-7 decoded), INBOX normalised
  Parsed<std::uint32_t> number();
  Parsed<std::uint32_t> nz_number();
  Parsed<std::uint64_t> number64();  // < 2^63
  Parsed<SequenceSet> sequence_set();
  // A set without '*' (RFC 7162 7 known-uids).
  Parsed<SequenceSet> known_set();
  // Fails where sequence numbers cannot be used any more (RFC 9586 3.2).
  Parsed<void> allow_numbers() const;
  Parsed<PlaceRange> place_range();
  Parsed<store::FlagSet> flag_list();       // "(" [flag *(SP flag)] ")"
  Parsed<store::FlagSet> flags();           // flag-list or flag *(SP flag), as STORE has it
  Parsed<store::InternalDate> date_time();  // DQUOTE date-time DQUOTE
  Parsed<std::int64_t> date();              // date, quoted or not -> days since 1970-01-01

  // "{n}" or "{n+}" with its CRLF: the octets that follow. For literals that are streamed, whose
  // octets are not in the text.
  Parsed<std::uint64_t> literal_header();

  SyntaxError error(std::string text) const { return {position_, std::move(text)}; }
  std::unexpected<SyntaxError> fail(std::string text) const {
    return std::unexpected(error(std::move(text)));
  }

 private:
  std::string_view take_while(std::uint8_t classes);
  Parsed<std::string> quoted();
  Parsed<std::string> literal();
  Parsed<std::uint32_t> sequence_number();
  Parsed<void> flag(store::FlagSet& flags);

  static constexpr Grammar kWholeGrammar{};

  std::string_view text_;
  std::size_t position_ = 0;
  const Grammar* grammar_ = &kWholeGrammar;
};

}  // namespace mailkeep::imap
