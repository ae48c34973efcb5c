#include "server/auth/password_scheme.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include <argon2.h>
#include <crypt.h>
#include <openssl/evp.h>

#include "mime/text/ascii.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/scram.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::server {
namespace {

using Verdict = SchemeVerdict;

Verdict verdict(bool right) {
  return right ? Verdict::right : Verdict::wrong;
}

enum class Coding : std::uint8_t { usual, hexadecimal, base64 };

struct DigestScheme {
  std::string_view name;
  const EVP_MD* (*algorithm)();
  bool salted;
  Coding usual;
};

constexpr std::array<DigestScheme, 10> kDigests{{
    {"PLAIN-MD5", EVP_md5, false, Coding::hexadecimal},
    {"LDAP-MD5", EVP_md5, false, Coding::base64},
    {"SMD5", EVP_md5, true, Coding::base64},
    {"SHA", EVP_sha1, false, Coding::base64},
    {"SHA1", EVP_sha1, false, Coding::base64},
    {"SSHA", EVP_sha1, true, Coding::base64},
    {"SHA256", EVP_sha256, false, Coding::base64},
    {"SSHA256", EVP_sha256, true, Coding::base64},
    {"SHA512", EVP_sha512, false, Coding::base64},
    {"SSHA512", EVP_sha512, true, Coding::base64},
}};

constexpr std::array<std::string_view, 8> kCrypts{"CRYPT",     "DES-CRYPT",    "MD5-CRYPT",
                                                  "MD5",       "SHA256-CRYPT", "SHA512-CRYPT",
                                                  "BLF-CRYPT", "CRYPT-BLF"};

std::optional<std::string> decode_hexadecimal(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string octets;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
    octets.push_back(static_cast<char>(value));
  }
  return octets;
}

// The padding may be missing.
std::optional<std::string> decode_base64(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded.push_back('=');
  return sasl::decode_base64(padded);
}

Verdict check_digest(const DigestScheme& scheme, Coding coding, std::string_view value,
                     std::string_view password) {
  if (coding == Coding::usual) coding = scheme.usual;
  const auto kept =
      coding == Coding::hexadecimal ? decode_hexadecimal(value) : decode_base64(value);
  const EVP_MD* const algorithm = scheme.algorithm();
  const auto size = static_cast<std::size_t>(EVP_MD_get_size(algorithm));
  const bool fits = kept && (scheme.salted ? kept->size() >= size : kept->size() == size);
  if (!fits) return Verdict::unusable;
  std::string text(password);
  const sasl::CleanseAtExit wipe(text);
  text.reserve(password.size() + kept->size());
  text += std::string_view(*kept).substr(size);
  std::array<char, EVP_MAX_MD_SIZE> digest{};
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                 algorithm, nullptr) != 1) {
    return Verdict::unusable;
  }
  return verdict(sasl::same_octets({digest.data(), size}, std::string_view(*kept).substr(0, size)));
}

Verdict check_crypt(std::string_view value, std::string_view password) {
  std::string setting(value);
  // What Dovecot's "{SHA512-CRYPT}$6$..." and the like hold is crypt(3)'s already.
  std::string secret(password);
  const sasl::CleanseAtExit wipe(secret);
  const auto state = std::make_unique<crypt_data>();
  const char* const made = crypt_r(secret.c_str(), setting.c_str(), state.get());
  // Errors are "*0" or "*1", or nothing.
  if (made == nullptr || *made == '*' || setting.empty()) return Verdict::unusable;
  return verdict(sasl::same_octets(made, setting));
}

Verdict check_argon2(std::string_view value, std::string_view password) {
  const std::string encoded(value);
  const argon2_type type = value.starts_with("$argon2id$") ? Argon2_id : Argon2_i;
  switch (argon2_verify(encoded.c_str(), password.data(), password.size(), type)) {
    case ARGON2_OK:
      return Verdict::right;
    case ARGON2_VERIFY_MISMATCH:
      return Verdict::wrong;
    default:
      return Verdict::unusable;
  }
}

std::string_view take_part(std::string_view& text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const std::string_view field = text.substr(0, comma);
  text.remove_prefix(std::min(comma + 1, text.size()));
  return field;
}

Verdict check_scram(store::ScramHash hash, std::string_view value, std::string_view password) {
  const std::string_view number = take_part(value);
  std::uint32_t iterations = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), iterations);
  const auto salt = decode_base64(take_part(value));
  const auto stored = decode_base64(take_part(value));
  const bool usable = error == std::errc{} && end == number.data() + number.size() &&
                      iterations > 0 && iterations <= 10'000'000 && salt && stored;
  if (!usable) return Verdict::unusable;
  const store::ScramKeys keys = sasl::make_keys(hash, password, *salt, iterations);
  return verdict(sasl::same_octets(keys.stored_key, *stored));
}

}  // namespace

SchemeVerdict check_scheme(std::string_view kept, std::string_view password) {
  std::string scheme = "CRYPT";
  if (kept.starts_with('{')) {
    const std::size_t end = kept.find('}');
    if (end == std::string_view::npos) return Verdict::unusable;
    scheme.clear();
    for (const char c : kept.substr(1, end - 1)) {
      scheme.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    }
    kept.remove_prefix(end + 1);
  }
  Coding coding = Coding::usual;
  if (scheme.ends_with(".HEX")) coding = Coding::hexadecimal;
  if (scheme.ends_with(".B64") || scheme.ends_with(".BASE64")) coding = Coding::base64;
  if (coding != Coding::usual) scheme.resize(scheme.rfind('.'));
  if (scheme == "PLAIN" || scheme == "CLEARTEXT" || scheme == "CLEAR") {
    return verdict(sasl::same_octets(kept, password));
  }
  if (std::ranges::find(kCrypts, scheme) != kCrypts.end()) return check_crypt(kept, password);
  if (scheme.starts_with("ARGON2")) return check_argon2(kept, password);
  if (scheme == "SCRAM-SHA-1") return check_scram(store::ScramHash::sha1, kept, password);
  if (scheme == "SCRAM-SHA-256") return check_scram(store::ScramHash::sha256, kept, password);
  const auto* const digest = std::ranges::find(kDigests, scheme, &DigestScheme::name);
  if (digest == kDigests.end()) return Verdict::unusable;
  return check_digest(*digest, coding, kept, password);
}

}  // namespace mailkeep::server
