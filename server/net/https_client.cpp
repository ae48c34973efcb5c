#include "server/net/https_client.h"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "protocol/stream.h"

namespace mailkeep::server::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using Result = std::expected<std::string, std::string>;
constexpr std::uint64_t kMaxBodyBytes = 64 * 1024;

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

template <class Stream>
protocol::Awaitable<Result> converse(Stream& stream, const Target& target,
                                     const HttpsRequest& request) {
  http::request<http::string_body> question(http::verb::post, target.path, 11);
  question.set(http::field::host, target.host);
  question.set(http::field::accept, "application/json");
  question.set(http::field::content_type, "application/x-www-form-urlencoded");
  if (!request.authorization.empty()) {
    question.set(http::field::authorization, request.authorization);
  }
  question.body() = request.form;
  question.prepare_payload();
  const auto [write_error, written] = co_await http::async_write(stream, question, value_token());
  if (write_error) co_return std::unexpected(write_error.message());
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> answer;
  answer.body_limit(kMaxBodyBytes);
  const auto [read_error, read] = co_await http::async_read(stream, buffer, answer, value_token());
  if (read_error) co_return std::unexpected(read_error.message());
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
  beast::ssl_stream<beast::tcp_stream> stream(context, tls);
  beast::tcp_stream& lowest = beast::get_lowest_layer(stream);
  lowest.expires_after(request.timeout);
  const auto [connect_error, endpoint] = co_await lowest.async_connect(endpoints, value_token());
  if (connect_error) co_return std::unexpected(connect_error.message());
  if (!target.tls) {
    Result result = co_await converse(lowest, target, request);
    co_return result;
  }
  SSL_set_tlsext_host_name(stream.native_handle(), target.host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(target.host));
  const auto [tls_error] =
      co_await stream.async_handshake(asio::ssl::stream_base::client, value_token());
  if (tls_error) co_return std::unexpected(tls_error.message());
  Result result = co_await converse(stream, target, request);
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
  context.run_for(request.timeout + std::chrono::seconds(5));
  return result;
}

}  // namespace mailkeep::server::net
