#include "store/message_hash.h"

#include <new>
#include <stdexcept>

#include <openssl/evp.h>

namespace mailkeep::store {

namespace {

// Looked up once: the look-up costs more than hashing a short message.
const EVP_MD* sha256() {
  static EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (kAlgorithm == nullptr) throw std::runtime_error("OpenSSL has no SHA-256");
  return kAlgorithm;
}

void require(int result) {
  if (result != 1) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

}  // namespace

MessageHash::MessageHash() : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr) throw std::bad_alloc();
  require(EVP_DigestInit_ex(context_, sha256(), nullptr));
}

MessageHash::~MessageHash() {
  EVP_MD_CTX_free(context_);
}

void MessageHash::update(std::string_view octets) {
  require(EVP_DigestUpdate(context_, octets.data(), octets.size()));
}

std::string MessageHash::finish() {
  std::string hash(kMessageHashBytes, '\0');
  require(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(hash.data()), nullptr));
  return hash;
}

}  // namespace mailkeep::store
