#include "server/migration/fetch_reply.h"

#include <array>
#include <charconv>

#include "protocol/imap/wire/characters.h"
#include "protocol/imap/wire/decoder.h"

namespace mailkeep::server {
namespace {

using imap::Decoder;
using imap::equal_ignoring_case;

struct SystemFlag {
  std::string_view name;
  store::FlagBits bit;
};
constexpr std::array<SystemFlag, 5> kSystemFlags{{{"\\Seen", store::flag::seen},
                                                  {"\\Answered", store::flag::answered},
                                                  {"\\Flagged", store::flag::flagged},
                                                  {"\\Deleted", store::flag::deleted},
                                                  {"\\Draft", store::flag::draft}}};

constexpr int kMaxReplyDepth = 100;  // of parentheses in an item nobody asked for

// The octets up to the next space or parenthesis: an item's name or a flag.
std::string_view take_word(Decoder& decoder) {
  const std::string_view rest = decoder.rest();
  std::size_t length = 0;
  int brackets = 0;
  while (length < rest.size()) {
    const char c = rest[length];
    if (c == '[') ++brackets;
    if (c == ']') --brackets;
    if (brackets <= 0 && (c == ' ' || c == '(' || c == ')')) break;
    if (c == '"' || c == '\r' || c == '\n') break;
    ++length;
  }
  for (std::size_t i = 0; i < length; ++i) decoder.accept(rest[i]);
  return rest.substr(0, length);
}

std::optional<store::FlagSet> take_flags(Decoder& decoder) {
  if (!decoder.accept('(')) return std::nullopt;
  store::FlagSet flags;
  while (!decoder.accept(')')) {
    if (decoder.at_end()) return std::nullopt;
    decoder.accept(' ');
    const std::string_view word = take_word(decoder);
    if (word.empty()) {
      if (decoder.peek() == ')') continue;
      return std::nullopt;
    }
    bool known = false;
    for (const SystemFlag& flag : kSystemFlags) {
      if (!equal_ignoring_case(word, flag.name)) continue;
      flags.system |= flag.bit;
      known = true;
    }
    const bool keyword = !word.starts_with('\\') && word.size() <= store::kMaxKeywordBytes &&
                         imap::all_are(word, imap::character::atom);
    if (!known && keyword) flags.keywords.emplace_back(word);
  }
  return flags;
}

std::optional<std::uint64_t> take_number(Decoder& decoder) {
  const std::string_view word = take_word(decoder);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) {
    return std::nullopt;
  }
  return value;
}

// A value of any form.
bool skip_value(Decoder& decoder, int depth) {
  if (depth > kMaxReplyDepth) return false;
  if (decoder.accept('(')) {
    while (!decoder.accept(')')) {
      if (decoder.at_end()) return false;
      if (decoder.accept(' ')) continue;
      if (!skip_value(decoder, depth + 1)) return false;
    }
    return true;
  }
  if (decoder.peek() == '"' || decoder.peek() == '{') return decoder.string().has_value();
  if (decoder.peek() == '~') return decoder.literal8().has_value();
  return !take_word(decoder).empty();
}

bool take_item(Decoder& decoder, FetchReply& reply) {
  const std::string_view name = take_word(decoder);
  if (name.empty() || !decoder.accept(' ')) return false;
  if (equal_ignoring_case(name, "UID")) {
    const auto uid = take_number(decoder);
    if (!uid || *uid == 0 || *uid > 0xffffffffU) return false;
    reply.uid = static_cast<std::uint32_t>(*uid);
    return true;
  }
  if (equal_ignoring_case(name, "FLAGS")) {
    reply.flags = take_flags(decoder);
    return reply.flags.has_value();
  }
  if (equal_ignoring_case(name, "RFC822.SIZE")) {
    reply.size = take_number(decoder);
    return reply.size.has_value();
  }
  if (equal_ignoring_case(name, "INTERNALDATE")) {
    const std::size_t before = decoder.position();
    Decoder date(decoder.rest());
    if (auto parsed = date.date_time()) reply.date = *parsed;
    // Not a date that can be read: the message matters more.
    return skip_value(decoder, 0) && decoder.position() > before;
  }
  if (equal_ignoring_case(name, "MODSEQ")) {
    const bool opened = decoder.accept('(');
    const auto modseq = take_number(decoder);
    if (modseq) reply.modseq = *modseq;
    return modseq && (!opened || decoder.accept(')'));
  }
  if (equal_ignoring_case(name, "BODY[]") || equal_ignoring_case(name, "RFC822")) {
    auto body = decoder.nstring();
    if (!body) return false;
    reply.body = std::move(*body);
    return true;
  }
  return skip_value(decoder, 0);
}

}  // namespace

std::optional<FetchReply> parse_fetch_reply(std::string_view line) {
  if (!line.starts_with("* ")) return std::nullopt;
  Decoder decoder(line);
  decoder.accept('*');
  decoder.accept(' ');
  if (!take_number(decoder) || !decoder.accept(' ')) return std::nullopt;
  if (!equal_ignoring_case(take_word(decoder), "FETCH")) return std::nullopt;
  if (!decoder.accept(' ') || !decoder.accept('(')) return std::nullopt;
  FetchReply reply;
  while (!decoder.accept(')')) {
    decoder.accept(' ');
    if (!take_item(decoder, reply)) return std::nullopt;
  }
  return reply;
}

}  // namespace mailkeep::server
