#include "server/auth/apop.h"

#include <array>
#include <stdexcept>

#include <openssl/evp.h>

#include "protocol/sasl/secret.h"

namespace mailkeep::server {

std::string apop_digest(std::string_view timestamp, std::string_view secret) {
  std::string text(timestamp);
  const sasl::CleanseAtExit wipe(text);
  text.reserve(timestamp.size() + secret.size());
  text += secret;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) {
    throw std::runtime_error("MD5 is not available");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hexadecimal;
  for (unsigned i = 0; i < size; ++i) {
    hexadecimal += kDigits[digest.at(i) >> 4];
    hexadecimal += kDigits[digest.at(i) & 15];
  }
  return hexadecimal;
}

}  // namespace mailkeep::server
