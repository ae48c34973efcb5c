#include "server/auth/password_cache.h"

#include <cstring>
#include <stdexcept>
#include <string>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "protocol/sasl/secret.h"

namespace mailkeep::server {

PasswordCache::PasswordCache(std::size_t entries, Clock::duration lifetime)
    : limit_(entries), lifetime_(lifetime) {
  if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1) {
    throw std::runtime_error("no random numbers for the password cache");
  }
}

PasswordCache::~PasswordCache() {
  OPENSSL_cleanse(secret_.data(), secret_.size());
}

PasswordCache::Key PasswordCache::key(std::string_view name, std::string_view password,
                                      std::string_view keys) const {
  std::string text;
  const sasl::CleanseAtExit wipe(text);
  text.reserve(name.size() + password.size() + keys.size() + 2);
  text.append(name).push_back('\0');
  text.append(password).push_back('\0');
  text.append(keys);
  Key key{};
  if (HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), key.data(),
           nullptr) == nullptr) {
    throw std::runtime_error("HMAC-SHA-256 failed");
  }
  return key;
}

bool PasswordCache::contains(const Key& key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  while (!by_age_.empty() && expiry_.at(by_age_.front()) <= now) drop_oldest();
  return expiry_.contains(key);
}

void PasswordCache::add(const Key& key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (limit_ == 0 || !expiry_.try_emplace(key, now + lifetime_).second) return;
  by_age_.push_back(key);
  if (by_age_.size() > limit_) drop_oldest();
}

std::size_t PasswordCache::size() const {
  const std::lock_guard lock(mutex_);
  return by_age_.size();
}

void PasswordCache::drop_oldest() {
  expiry_.erase(by_age_.front());
  by_age_.pop_front();
}

// The keys are uniformly distributed already.
std::size_t PasswordCache::KeyHash::operator()(const Key& key) const {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

}  // namespace mailkeep::server
