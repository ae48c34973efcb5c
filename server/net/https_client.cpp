#include "server/net/https_client.h"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "protocol/stream.h"

namespace mailkeep::server::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using Result = std::expected<std::string, std::string>;
constexpr std::uint64_t kMaxBodyBytes = 64 * 1024;
constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
constexpr std::size_t kReceivedPieceBytes = 4096;

struct Target {
  bool tls = true;
  std::string host;
  std::string port;
  std::string path;
};

std::optional<Target> parse_url(std::string_view url) {
  Target target;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://127.0.0.1")) {
    target.tls = false;
    url.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  target.path = slash < url.size() ? url.substr(slash) : "/";
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && !authority.ends_with(']');
  target.host = authority.substr(0, has_port ? colon : authority.size());
  target.port = has_port ? std::string(authority.substr(colon + 1)) : target.tls ? "443" : "80";
  if (target.host.empty()) return std::nullopt;
  return target;
}

auto value_token() {
  return asio::as_tuple(asio::use_awaitable);
}

std::string text_of(const Target& target, const HttpsRequest& request) {
  std::string text = "POST " + target.path + " HTTP/1.1\r\nHost: " + target.host +
                     "\r\nAccept: application/json\r\nConnection: close"
                     "\r\nContent-Type: application/x-www-form-urlencoded"
                     "\r\nContent-Length: " +
                     std::to_string(request.form.size()) + "\r\n";
  if (!request.authorization.empty()) text += "Authorization: " + request.authorization + "\r\n";
  return text + "\r\n" + request.form;
}

// Sends `question` and reads the answer. Only the parser is Beast's: its reading and writing, made
// for any stream, take longer to compile than all else here.
template <class Stream>
protocol::Awaitable<Result> converse(Stream& stream, const std::string& question) {
  const auto [write_error, written] =
      co_await asio::async_write(stream, asio::buffer(question), value_token());
  if (write_error) co_return std::unexpected(write_error.message());
  http::response_parser<http::string_body> answer;
  answer.body_limit(kMaxBodyBytes);
  answer.eager(true);
  beast::flat_buffer received(kMaxHeaderBytes + kMaxBodyBytes);
  while (!answer.is_done()) {
    const auto [read_error, octets] =
        co_await stream.async_read_some(received.prepare(kReceivedPieceBytes), value_token());
    received.commit(octets);
    boost::system::error_code error;
    if (read_error == asio::error::eof) {
      answer.put_eof(error);
    } else if (read_error) {
      error = read_error;
    } else {
      received.consume(answer.put(received.data(), error));
      if (error == http::error::need_more) error = {};
    }
    if (error) co_return std::unexpected(error.message());
  }
  if (answer.get().result() != http::status::ok) {
    co_return std::unexpected("status " + std::to_string(answer.get().result_int()));
  }
  co_return std::move(answer.get().body());
}

protocol::Awaitable<Result> ask(asio::io_context& context, asio::ssl::context& tls, Target target,
                                const HttpsRequest& request) {
  asio::ip::tcp::resolver resolver(context);
  const auto [resolve_error, endpoints] =
      co_await resolver.async_resolve(target.host, target.port, value_token());
  if (resolve_error) co_return std::unexpected(resolve_error.message());
  asio::ssl::stream<asio::ip::tcp::socket> stream(context, tls);
  const auto [connect_error, endpoint] =
      co_await asio::async_connect(stream.next_layer(), endpoints, value_token());
  if (connect_error) co_return std::unexpected(connect_error.message());
  const std::string question = text_of(target, request);
  if (!target.tls) {
    Result result = co_await converse(stream.next_layer(), question);
    co_return result;
  }
  SSL_set_tlsext_host_name(stream.native_handle(), target.host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(target.host));
  const auto [tls_error] =
      co_await stream.async_handshake(asio::ssl::stream_base::client, value_token());
  if (tls_error) co_return std::unexpected(tls_error.message());
  Result result = co_await converse(stream, question);
  co_return result;
}

}  // namespace

std::string encode_form_value(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char c : value) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      text += c;
    } else {
      text += '%';
      text += kDigits[static_cast<unsigned char>(c) >> 4];
      text += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return text;
}

Result post(const HttpsRequest& request) {
  auto target = parse_url(request.url);
  if (!target) return std::unexpected("not an address");
  asio::io_context context;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  boost::system::error_code error;
  tls.set_default_verify_paths(error);
  tls.set_verify_mode(asio::ssl::verify_peer);
  Result result = std::unexpected("no answer");
  asio::co_spawn(context, ask(context, tls, std::move(*target), request),
                 [&result](const std::exception_ptr& failure, Result answer) {
                   if (!failure) result = std::move(answer);
                 });
  context.run_for(request.timeout);
  return result;
}

}  // namespace mailkeep::server::net
