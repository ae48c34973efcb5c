#include "protocol/auth_service/wire/request.h"

#include <algorithm>
#include <charconv>

namespace mailkeep::auth_service {
namespace {

constexpr char kEscape = '\x01';

std::string_view take_word(std::string_view& line) {
  const std::size_t tab = std::min(line.find('\t'), line.size());
  const std::string_view word = line.substr(0, tab);
  line.remove_prefix(std::min(tab + 1, line.size()));
  return word;
}

std::optional<std::uint32_t> take_number(std::string_view& line) {
  const std::string_view word = take_word(line);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (word.empty() || error != std::errc{} || end != word.data() + word.size()) {
    return std::nullopt;
  }
  return number;
}

// "rip" and "rport" as a peer is written elsewhere.
std::string peer_of(const std::string& address, const std::string& port) {
  if (address.empty()) return {};
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? '[' + address + ']' : address) + ':' + (port.empty() ? "0" : port);
}

std::optional<Request> parse_auth(std::string_view line) {
  AuthRequest request;
  const auto id = take_number(line);
  if (!id) return std::nullopt;
  request.id = *id;
  for (const char c : take_word(line)) {
    request.mechanism.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  }
  if (request.mechanism.empty()) return std::nullopt;
  std::string address;
  std::string port;
  while (!line.empty()) {
    const std::string_view word = take_word(line);
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view name = word.substr(0, equals);
    const std::string value = unescape(word.substr(std::min(equals + 1, word.size())));
    if (name == "service") request.service = value;
    if (name == "rip") address = value;
    if (name == "rport") port = value;
    if (name == "secured") request.secured = true;
    if (name == "valid-client-cert") request.valid_certificate = true;
    if (name == "cert_username") request.certificate_name = value;
    if (name == "resp") request.response = value;
  }
  request.peer = peer_of(address, port);
  return request;
}

}  // namespace

std::optional<Request> parse_request(std::string_view line) {
  const std::string_view name = take_word(line);
  if (name == "AUTH") return parse_auth(line);
  if (name == "CPID") return ClientRequest{};
  const auto number = take_number(line);
  if (!number) return std::nullopt;
  if (name == "VERSION") return VersionRequest{*number};
  if (name == "CONT") return ContinueRequest{*number, std::string(line)};
  if (name == "CANCEL") return CancelRequest{*number};
  return std::nullopt;
}

std::string escape(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const std::size_t special = std::string_view("\0\x01\t\r\n", 5).find(c);
    if (special == std::string_view::npos) {
      line.push_back(c);
    } else {
      line.push_back(kEscape);
      line.push_back("01trn"[special]);
    }
  }
  return line;
}

std::string unescape(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != kEscape || i + 1 == text.size()) {
      value.push_back(text[i]);
      continue;
    }
    const std::size_t special = std::string_view("01trn").find(text[++i]);
    value.push_back(special == std::string_view::npos ? text[i] : "\0\x01\t\r\n"[special]);
  }
  return value;
}

}  // namespace mailkeep::auth_service
