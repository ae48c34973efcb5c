#include "server/auth/introspection.h"

#include <fstream>
#include <stdexcept>
#include <utility>

#include "protocol/sasl/base64.h"
#include "server/net/https_client.h"

namespace mailkeep::server {

Introspect make_introspection(std::string url, const std::string& client,
                              const std::filesystem::path& secret_file) {
  std::string authorization;
  if (!client.empty()) {
    std::string secret;
    std::ifstream stream(secret_file);
    if (!secret_file.empty() && !std::getline(stream, secret)) {
      throw std::runtime_error(secret_file.string() + ": cannot be read");
    }
    authorization = "Basic " + sasl::encode_base64(net::encode_form_value(client) + ':' +
                                                   net::encode_form_value(secret));
  }
  return [url = std::move(url), authorization = std::move(authorization)](
             std::string_view token, std::string& problem) -> std::string {
    net::HttpsRequest request;
    request.url = url;
    request.authorization = authorization;
    request.form = "token_type_hint=access_token&token=" + net::encode_form_value(token);
    auto answer = net::post(request);
    if (!answer) {
      problem = answer.error();
      return {};
    }
    return std::move(*answer);
  };
}

}  // namespace mailkeep::server
