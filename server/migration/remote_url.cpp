#include "server/migration/remote_url.h"

#include <array>
#include <charconv>
#include <optional>

#include "mime/text/ascii.h"

namespace mailkeep::server {
namespace {

struct Scheme {
  std::string_view prefix;
  RemoteUrl::Scheme scheme;
  std::uint16_t port;
};
constexpr std::array<Scheme, 4> kSchemes{{{"imap://", RemoteUrl::Scheme::imap, 143},
                                          {"imaps://", RemoteUrl::Scheme::imaps, 993},
                                          {"pop3://", RemoteUrl::Scheme::pop3, 110},
                                          {"pop3s://", RemoteUrl::Scheme::pop3s, 995}}};

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 2.1; nothing where an escape is none, or is a control character.
std::optional<std::string> decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = digit(text[i + 1]);
      const int low = digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    result += c;
  }
  return result;
}

// "host", "host:port", "[::1]:port".
bool parse_host(std::string_view text, RemoteUrl& url) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    text.remove_prefix(colon);
  }
  if (url.host.empty() || url.host.find_first_of(" /@") != std::string::npos) return false;
  if (text.empty()) return true;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
  return error == std::errc() && end == text.data() + text.size() && url.port != 0;
}

}  // namespace

std::expected<RemoteUrl, std::string> parse_remote_url(std::string_view text) {
  RemoteUrl url;
  bool known = false;
  for (const Scheme& scheme : kSchemes) {
    if (text.size() < scheme.prefix.size() ||
        !mime::equal_ignoring_case(text.substr(0, scheme.prefix.size()), scheme.prefix)) {
      continue;
    }
    url.scheme = scheme.scheme;
    url.port = scheme.port;
    text.remove_prefix(scheme.prefix.size());
    known = true;
    break;
  }
  if (!known) return std::unexpected("begins with none of imaps://, imap://, pop3s://, pop3://");
  if (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    std::string_view login = text.substr(0, at);
    text.remove_prefix(at + 1);
    const std::size_t semicolon = login.rfind(';');
    if (semicolon != std::string_view::npos) {
      const std::string_view parameter = login.substr(semicolon + 1);
      if (parameter.size() < 6 || !mime::equal_ignoring_case(parameter.substr(0, 5), "AUTH=")) {
        return std::unexpected("has a parameter other than ;AUTH=");
      }
      for (const char c : parameter.substr(5)) {
        url.mechanism += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
      }
      login = login.substr(0, semicolon);
    }
    const auto user = decode(login);
    if (!user) return std::unexpected("has a user that cannot be read");
    url.user = *user;
  }
  if (!parse_host(text, url)) return std::unexpected("has no host and port that can be read");
  return url;
}

}  // namespace mailkeep::server
