#include "protocol/imap/url_token.h"

#include <array>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace mailkeep::imap {
namespace {

constexpr std::string_view kWay = "01";
// In the place of a key that there is none of: what is not there takes as long as what is.
constexpr std::string_view kNoKey = "no such mailbox";

}  // namespace

std::string url_token(std::string_view key, std::string_view rump) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(rump.data()), rump.size(), hash.data(),
           &length) == nullptr) {
    throw std::runtime_error("HMAC-SHA-256 failed");
  }
  std::string token(kWay);
  for (const unsigned char octet : hash) {
    token += kDigits[octet >> 4];
    token += kDigits[octet & 15];
  }
  return token;
}

bool is_url_token(std::string_view key, std::string_view rump, std::string_view token) {
  const std::string right = url_token(key.empty() ? kNoKey : key, rump);
  const bool same =
      right.size() == token.size() && CRYPTO_memcmp(right.data(), token.data(), right.size()) == 0;
  return same && !key.empty();
}

}  // namespace mailkeep::imap
