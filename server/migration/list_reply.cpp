#include "server/migration/list_reply.h"

#include <array>
#include <charconv>

#include "mime/text/charset.h"
#include "protocol/imap/wire/characters.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/mailbox_name.h"

namespace mailkeep::server {
namespace {

using imap::Decoder;
using imap::equal_ignoring_case;

struct Use {
  std::string_view name;
  store::SpecialUse use;
};
// RFC 6154 2, RFC 8457.
constexpr std::array<Use, 7> kUses{{{"\\Archive", store::SpecialUse::archive},
                                    {"\\Drafts", store::SpecialUse::drafts},
                                    {"\\Flagged", store::SpecialUse::flagged},
                                    {"\\Junk", store::SpecialUse::junk},
                                    {"\\Sent", store::SpecialUse::sent},
                                    {"\\Trash", store::SpecialUse::trash},
                                    {"\\Important", store::SpecialUse::important}}};

// "* NAME ", taken from the decoder.
bool accept_response(Decoder& decoder, std::string_view name) {
  return decoder.accept('*') && decoder.accept(' ') && decoder.accept_prefix(name) &&
         decoder.accept(' ');
}

void take_attribute(std::string_view attribute, ListReply& reply) {
  const auto is = [&](std::string_view name) { return equal_ignoring_case(attribute, name); };
  if (is("\\Noselect") || is("\\NonExistent")) reply.selectable = false;
  if (is("\\Subscribed")) reply.subscribed = true;
  for (const Use& use : kUses) {
    if (is(use.name)) reply.special_use = use.use;
  }
}

bool take_attributes(Decoder& decoder, ListReply& reply) {
  if (!decoder.accept('(')) return false;
  std::string attribute;
  for (;;) {
    if (decoder.at_end()) return false;
    const char c = decoder.peek();
    decoder.accept(c);
    if (c != ' ' && c != ')') {
      attribute += c;
      continue;
    }
    take_attribute(attribute, reply);
    attribute.clear();
    if (c == ')') return decoder.accept(' ');
  }
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> decode_level(std::string_view level) {
  if (level.empty()) return std::nullopt;
  if (auto decoded = imap::decode_mailbox_name(level)) return decoded;
  if (!mime::is_valid_utf8(level)) return std::nullopt;
  return std::string(level);
}

}  // namespace

std::optional<ListReply> parse_list_reply(std::string_view line) {
  ListReply reply;
  Decoder decoder(line);
  if (!accept_response(decoder, "LIST")) {
    decoder = Decoder(line);
    if (!accept_response(decoder, "LSUB")) return std::nullopt;
    reply.from_lsub = true;
    reply.subscribed = true;
  }
  if (!take_attributes(decoder, reply)) return std::nullopt;
  const auto separator = decoder.nstring();
  if (!separator || (*separator && (*separator)->size() > 1) || !decoder.accept(' ')) {
    return std::nullopt;
  }
  if (*separator && !(*separator)->empty()) reply.separator = (*separator)->front();
  auto name = decoder.astring();
  if (!name || name->empty()) return std::nullopt;
  reply.wire_name = std::move(*name);
  return reply;
}

std::optional<std::string> parse_namespace_prefix(std::string_view line) {
  Decoder decoder(line);
  if (!accept_response(decoder, "NAMESPACE")) return std::nullopt;
  if (!decoder.accept('(') || !decoder.accept('(')) return std::nullopt;
  auto prefix = decoder.string();
  if (!prefix) return std::nullopt;
  return std::move(*prefix);
}

std::optional<std::string> local_name(const ListReply& mailbox, std::string_view prefix) {
  std::string_view name = mailbox.wire_name;
  if (equal_ignoring_case(name, "INBOX")) return "INBOX";
  if (!prefix.empty() && name.starts_with(prefix)) name.remove_prefix(prefix.size());
  if (name.empty()) return std::nullopt;
  std::string result;
  for (;;) {
    const std::size_t end =
        mailbox.separator == 0 ? std::string_view::npos : name.find(mailbox.separator);
    auto level = decode_level(name.substr(0, end));
    if (!level) return std::nullopt;
    // A slash is what stands between levels here.
    for (char& c : *level) {
      if (c == '/') c = '_';
    }
    if (!result.empty()) result += '/';
    result += *level;
    if (end == std::string_view::npos) return imap::normalize_inbox(result);
    name.remove_prefix(end + 1);
  }
}

std::optional<StatusReply> parse_status_reply(std::string_view line) {
  Decoder decoder(line);
  if (!accept_response(decoder, "STATUS")) return std::nullopt;
  StatusReply reply;
  auto name = decoder.astring();
  if (!name || !decoder.accept(' ') || !decoder.accept('(')) return std::nullopt;
  reply.wire_name = std::move(*name);
  while (!decoder.accept(')')) {
    decoder.accept(' ');
    const auto item = decoder.atom();
    if (!item || !decoder.accept(' ')) return std::nullopt;
    const auto text = decoder.atom();
    const auto value = text ? to_number(*text) : std::nullopt;
    if (!value) return std::nullopt;
    const auto is = [&](std::string_view other) { return equal_ignoring_case(*item, other); };
    if (is("MESSAGES")) reply.messages = static_cast<std::uint32_t>(*value);
    if (is("UIDNEXT")) reply.uid_next = static_cast<std::uint32_t>(*value);
    if (is("UIDVALIDITY")) reply.uid_validity = static_cast<std::uint32_t>(*value);
    if (is("HIGHESTMODSEQ")) reply.modseq = *value;
  }
  return reply;
}

std::optional<std::uint64_t> response_code_number(std::string_view line, std::string_view name) {
  Decoder decoder(line);
  if (!accept_response(decoder, "OK") || !decoder.accept('[')) return std::nullopt;
  if (!decoder.accept_prefix(name) || !decoder.accept(' ')) return std::nullopt;
  const std::string_view rest = decoder.rest();
  return to_number(rest.substr(0, rest.find(']')));
}

}  // namespace mailkeep::server
