#include "protocol/imap/wire/imap_url.h"

#include <algorithm>
#include <charconv>
#include <chrono>

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

namespace {

std::optional<std::uint32_t> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  const std::string_view part = text.substr(at, count);
  return part.find_first_not_of("0123456789") == std::string_view::npos ? number(part)
                                                                        : std::nullopt;
}

// "Z" / ("+" / "-") time-hour ":" time-minute, as seconds east of UTC
std::optional<std::int64_t> parse_zone(std::string_view text) {
  if (equal_ignoring_case(text, "Z")) return 0;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, 4, 2);
  if (text.size() != 6 || text[3] != ':' || !hours || !minutes) return std::nullopt;
  if (*hours > 23 || *minutes > 59 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const std::int64_t seconds = std::int64_t{*hours} * 3600 + std::int64_t{*minutes} * 60;
  return text[0] == '+' ? seconds : -seconds;
}

// RFC 3339 5.6 date-time; fractions of a second do not count.
std::optional<std::int64_t> parse_date_time(std::string_view text) {
  static constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '0' && ascii_upper(text[i]) != kForm[i]) return std::nullopt;
  }
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  text.remove_prefix(kForm.size());
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end);
  }
  const auto zone = parse_zone(text);
  if (!zone) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(days).count() +
         std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second - *zone;
}

// access = ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous"
bool parse_access(std::string_view text, AuthorizedUrl& url) {
  if (equal_ignoring_case(text, "anonymous")) {
    url.access = UrlAccess::anonymous;
    return true;
  }
  if (equal_ignoring_case(text, "authuser")) {
    url.access = UrlAccess::authuser;
    return true;
  }
  url.access = take_prefix(text, "submit+") ? UrlAccess::submit : UrlAccess::user;
  if (url.access == UrlAccess::user && !take_prefix(text, "user+")) return false;
  const auto user = decode_percent(text);
  if (!user || user->empty()) return false;
  url.user = *user;
  return true;
}

// ":" mechanism ":" enc-urlauth
bool parse_token(std::string_view text, AuthorizedUrl& url) {
  constexpr std::size_t kLeastDigits = 32;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  for (const char c : text.substr(0, colon)) url.mechanism += ascii_upper(c);
  text.remove_prefix(colon + 1);
  if (text.size() < kLeastDigits) return false;
  for (const char c : text) {
    if (hex_digit(c) < 0) return false;
    url.token += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return true;
}

}  // namespace

std::optional<AuthorizedUrl> parse_authorized_url(std::string_view text, bool is_rump) {
  static constexpr std::string_view kAuth = ";URLAUTH=";
  static constexpr std::string_view kExpire = ";EXPIRE=";
  if (text.size() > kMaxUrlBytes) return std::nullopt;
  AuthorizedUrl url;
  const std::size_t auth = find_word(text, kAuth);
  if (auth == std::string_view::npos) return std::nullopt;
  const std::size_t access = auth + kAuth.size();
  const std::size_t end = std::min(text.find(':', access), text.size());
  if (!parse_access(text.substr(access, end - access), url)) return std::nullopt;
  if (is_rump ? end != text.size() : end == text.size()) return std::nullopt;
  if (!is_rump && !parse_token(text.substr(end + 1), url)) return std::nullopt;
  url.rump = text.substr(0, end);
  std::string_view message = text.substr(0, auth);
  const std::size_t expire = find_word(message, kExpire);
  if (expire != std::string_view::npos) {
    url.expires = parse_date_time(message.substr(expire + kExpire.size()));
    if (!url.expires) return std::nullopt;
    message = message.substr(0, expire);
  }
  auto parsed = parse_message_url(message);
  if (!parsed || !parsed->absolute || parsed->user.empty()) return std::nullopt;
  url.message = std::move(*parsed);
  return url;
}

}  // namespace mailkeep::imap
