#include "protocol/sasl/scram.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "protocol/sasl/prepare.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::sasl {
namespace {

using store::ScramHash;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* writable(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const EVP_MD* algorithm(ScramHash hash) {
  switch (hash) {
    case ScramHash::sha1:
      return EVP_sha1();
    case ScramHash::sha256:
      return EVP_sha256();
    case ScramHash::sha512:
      return EVP_sha512();
  }
  throw std::runtime_error("a password record with an unknown hash");
}

std::string new_digest(ScramHash hash) {
  std::string result;
  result.resize(static_cast<std::size_t>(EVP_MD_get_size(algorithm(hash))));
  return result;
}

}  // namespace

std::string_view name_of(ScramHash hash) {
  switch (hash) {
    case ScramHash::sha1:
      return "SHA-1";
    case ScramHash::sha256:
      return "SHA-256";
    case ScramHash::sha512:
      return "SHA-512";
  }
  return "";
}

std::string hmac_of(ScramHash hash, std::string_view key, std::string_view text) {
  std::string result = new_digest(hash);
  if (HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()), octets(text), text.size(),
           writable(result), nullptr) == nullptr) {
    throw std::runtime_error("HMAC failed");
  }
  return result;
}

std::string digest_of(ScramHash hash, std::string_view text) {
  std::string result = new_digest(hash);
  if (EVP_Digest(text.data(), text.size(), writable(result), nullptr, algorithm(hash), nullptr) !=
      1) {
    throw std::runtime_error("a hash failed");
  }
  return result;
}

std::string random_octets(std::size_t count) {
  std::string result(count, '\0');
  if (RAND_bytes(writable(result), static_cast<int>(count)) != 1) {
    throw std::runtime_error("no random numbers");
  }
  return result;
}

bool same_octets(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

store::ScramKeys make_keys(ScramHash hash, std::string_view password, std::string_view salt,
                           std::uint32_t iterations) {
  if (iterations == 0 || iterations > std::numeric_limits<std::int32_t>::max()) {
    throw std::runtime_error("a password record needs between 1 and 2^31 iterations");
  }
  std::string prepared = prepare(password).value_or(std::string(password));
  const CleanseAtExit wipe_prepared(prepared);
  std::string salted = new_digest(hash);
  const CleanseAtExit wipe_salted(salted);
  if (PKCS5_PBKDF2_HMAC(prepared.data(), static_cast<int>(prepared.size()), octets(salt),
                        static_cast<int>(salt.size()), static_cast<int>(iterations),
                        algorithm(hash), static_cast<int>(salted.size()), writable(salted)) != 1) {
    throw std::runtime_error("PBKDF2 failed");
  }
  std::string client_key = hmac_of(hash, salted, "Client Key");
  const CleanseAtExit wipe_key(client_key);
  return {.hash = hash,
          .iterations = iterations,
          .salt = std::string(salt),
          .stored_key = digest_of(hash, client_key),
          .server_key = hmac_of(hash, salted, "Server Key")};
}

store::PasswordRecord make_record(std::string_view password, std::string_view salt,
                                  std::uint32_t iterations) {
  store::ScramKeys keys = make_keys(ScramHash::sha256, password, salt, iterations);
  return {.iterations = iterations,
          .salt = std::move(keys.salt),
          .stored_key = std::move(keys.stored_key),
          .server_key = std::move(keys.server_key)};
}

store::PasswordRecord make_record(std::string_view password, std::span<const store::ScramKeys> like,
                                  std::span<const ScramHash> hashes) {
  const auto keys_with = [&](ScramHash hash) {
    const auto known = std::ranges::find(like, hash, &store::ScramKeys::hash);
    if (known != like.end()) return make_keys(hash, password, known->salt, known->iterations);
    return make_keys(hash, password, random_octets(kSaltBytes), kDefaultIterations);
  };
  store::ScramKeys main = keys_with(ScramHash::sha256);
  store::PasswordRecord record{.iterations = main.iterations,
                               .salt = std::move(main.salt),
                               .stored_key = std::move(main.stored_key),
                               .server_key = std::move(main.server_key)};
  for (const ScramHash hash : hashes) {
    if (hash != ScramHash::sha256) record.others.push_back(keys_with(hash));
  }
  return record;
}

std::vector<store::ScramKeys> keys_of(const store::PasswordRecord& record) {
  if (record.iterations == 0) return {};
  std::vector<store::ScramKeys> keys = record.others;
  keys.push_back({.hash = ScramHash::sha256,
                  .iterations = record.iterations,
                  .salt = record.salt,
                  .stored_key = record.stored_key,
                  .server_key = record.server_key});
  return keys;
}

bool verify_password(const store::PasswordRecord& record, std::string_view password) {
  if (record.iterations == 0 || password.empty()) return false;
  const store::ScramKeys keys =
      make_keys(ScramHash::sha256, password, record.salt, record.iterations);
  return same_octets(record.stored_key, keys.stored_key);
}

}  // namespace mailkeep::sasl
