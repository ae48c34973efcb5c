#include "protocol/imap/commands/connection.h"

#include <utility>

#include "protocol/imap/commands/mailbox.h"
#include "protocol/imap/language.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

constexpr std::size_t kMaxLanguageRanges = 100;  // in one LANGUAGE

}  // namespace

// RFC 4978 5: "COMPRESS" SP algorithm; "DEFLATE" is the algorithm there is.
Parsed<CompressCommand> parse_compress(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (!decoder.accept_word("DEFLATE")) return decoder.fail("expected DEFLATE");
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return CompressCommand{};
}

Parsed<UnauthenticateCommand> parse_unauthenticate(Decoder& decoder) {
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return UnauthenticateCommand{};
}

// RFC 5255 3.5: language-cmd = "LANGUAGE" *(SP lang-range-quoted)
Parsed<LanguageCommand> parse_language(Decoder& decoder) {
  LanguageCommand command;
  while (decoder.accept(' ') && !decoder.at_end()) {
    auto range = decoder.astring();
    if (!range) return std::unexpected(range.error());
    if (command.ranges.size() >= kMaxLanguageRanges) return decoder.fail("too many languages");
    command.ranges.push_back(std::move(*range));
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const CompressCommand&) {
  if (session.is_compressed()) co_return Reply::no("COMPRESSIONACTIVE", "DEFLATE is on already");
  Reply reply = Reply::ok("DEFLATE active");
  reply.after = Reply::After::compress;
  co_return reply;
}

protocol::Awaitable<Reply> handle(Session& session, const UnauthenticateCommand&) {
  session.unselect();
  Reply reply = Reply::ok("UNAUTHENTICATE completed");
  reply.after = Reply::After::unauthenticate;
  co_return reply;
}

// The new language holds from the LANGUAGE response on (RFC 5255 3.2).
protocol::Awaitable<Reply> handle(Session& session, const LanguageCommand& command) {
  if (command.ranges.empty()) {
    session.out().raw("* LANGUAGE (").raw(language_tags()).raw(")").crlf();
    co_return Reply::ok("LANGUAGE completed");
  }
  for (const std::string& range : command.ranges) {
    const auto language = language_of(range);
    if (!language) continue;
    session.set_language(*language);
    session.out().raw("* LANGUAGE (").raw(tag_of(*language)).raw(")").crlf();
    // RFC 5255 3.2: the names of namespaces are in the language too.
    const bool has_names = session.state() != State::not_authenticated;
    if (has_names && session.allows(Capability::name_space)) write_namespaces(session);
    co_return Reply::ok("LANGUAGE completed");
  }
  co_return Reply::no("None of these languages is spoken here");
}

}  // namespace mailkeep::imap
