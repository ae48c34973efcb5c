#include "protocol/imap/wire/imap_url.h"

#include <charconv>

#include "protocol/imap/wire/characters.h"
#include "protocol/imap/wire/mailbox_name.h"

namespace mailkeep::imap {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char upper = ascii_upper(c);
  return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

// RFC 5092 11 bchar; "#" and "?" begin what no message has.
bool may_stand_in_url(char c) {
  return c > ' ' && c < 0x7f &&
         std::string_view("\"<>#?[\\]^`{|}").find(c) == std::string_view::npos;
}

std::optional<std::string> decode_percent(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!may_stand_in_url(text[i])) return std::nullopt;
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// Whole text as a number below 2^32.
std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size())
    return {};
  return value;
}

std::optional<std::uint32_t> number_above_zero(std::string_view text) {
  const auto value = number(text);
  return value && *value != 0 ? value : std::nullopt;
}

// Where `word` begins in `text`, in any case of its letters.
std::size_t find_word(std::string_view text, std::string_view word) {
  for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
    if (equal_ignoring_case(text.substr(i, word.size()), word)) return i;
  }
  return std::string_view::npos;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!equal_ignoring_case(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// iserver = [iuserinfo "@"] host [":" port]
bool parse_server(std::string_view server, MessageUrl& url) {
  url.absolute = true;
  const std::size_t at = server.find('@');
  if (at != std::string_view::npos) {
    const auto user = decode_percent(server.substr(0, at).substr(0, server.find(';')));
    if (!user) return false;
    url.user = *user;
    server.remove_prefix(at + 1);
  }
  url.server = server;
  return !server.empty();
}

// imailbox-ref = enc-mailbox [";UIDVALIDITY=" nz-number]
bool parse_mailbox(std::string_view text, MessageUrl& url) {
  static constexpr std::string_view kUidValidity = ";UIDVALIDITY=";
  const std::size_t parameter = find_word(text, kUidValidity);
  if (parameter != std::string_view::npos) {
    url.uid_validity = number_above_zero(text.substr(parameter + kUidValidity.size()));
    if (!url.uid_validity) return false;
    text = text.substr(0, parameter);
  }
  const auto name = decode_percent(text);
  if (!name || !is_utf8(*name) || text.find(';') != std::string_view::npos) return false;
  url.mailbox = normalize_inbox(*name);
  return true;
}

// partial-range = number ["." nz-number]
bool parse_partial(std::string_view text, MessageUrl& url) {
  const std::size_t dot = text.find('.');
  const auto offset = number(text.substr(0, dot));
  if (!offset) return false;
  url.partial.emplace(*offset);
  if (dot == std::string_view::npos) return true;
  url.partial->octets = number_above_zero(text.substr(dot + 1));
  return url.partial->octets.has_value();
}

// nz-number ["/" isection-only] ["/" ipartial-only], from behind ";UID="
bool parse_message(std::string_view text, MessageUrl& url) {
  const std::size_t end = text.find('/');
  const auto uid = number_above_zero(text.substr(0, end));
  if (!uid) return false;
  url.uid = *uid;
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  const std::size_t partial = find_word(text, "/;PARTIAL=");
  if (partial != std::string_view::npos) {
    std::string_view range = text.substr(partial);
    take_prefix(range, "/;PARTIAL=");
    if (!parse_partial(range, url)) return false;
    text = text.substr(0, partial);
  }
  if (text.empty()) return true;
  if (!take_prefix(text, "/;SECTION=")) return false;
  const auto section = decode_percent(text);
  if (!section || section->empty()) return false;
  url.section = *section;
  return true;
}

}  // namespace

// RFC 5092 11: imapurl or imapurl-rel, with imessagepart or imsg-or-part.
std::optional<MessageUrl> parse_message_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return std::nullopt;
  MessageUrl url;
  if (take_prefix(text, "imap://") || take_prefix(text, "//")) {
    const std::size_t path = text.find('/');
    if (path == std::string_view::npos || !parse_server(text.substr(0, path), url)) return {};
    text.remove_prefix(path);
  }
  std::size_t uid = find_word(text, "/;UID=");
  const bool of_base = uid == std::string_view::npos || uid == 0;
  if (of_base && !take_prefix(text, "/;UID=") && !take_prefix(text, ";UID=")) return std::nullopt;
  if (of_base) uid = 0;
  std::string_view mailbox = text.substr(0, uid);
  if (!of_base) {
    url.from_root = take_prefix(mailbox, "/");
    if (mailbox.empty() || mailbox.starts_with('/')) return std::nullopt;
    // A colon would make it the scheme of another kind of URL (RFC 3986 4.2).
    if (!url.from_root && mailbox.substr(0, mailbox.find('/')).contains(':')) return std::nullopt;
    if (!parse_mailbox(mailbox, url)) return std::nullopt;
    text.remove_prefix(uid + std::string_view("/;UID=").size());
  }
  if (url.absolute && !url.from_root) return std::nullopt;
  if (!parse_message(text, url)) return std::nullopt;
  return url;
}

}  // namespace mailkeep::imap
