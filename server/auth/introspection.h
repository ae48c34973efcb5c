// Asking an issuer about a token (RFC 7662 2) over HTTPS.
#pragma once

#include <filesystem>
#include <string>

#include "server/auth/oauth_tokens.h"

namespace mailkeep::server {

// `client` and the secret in the first line of `secret_file` are what the issuer knows this server
// by (RFC 6749 2.3.1); both may be empty. Throws std::runtime_error where the file cannot be read.
Introspect make_introspection(std::string url, const std::string& client,
                              const std::filesystem::path& secret_file);

}  // namespace mailkeep::server
