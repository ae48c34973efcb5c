#include "protocol/sasl/secret.h"

#include <openssl/crypto.h>

namespace mailkeep::sasl {

namespace {

template <class String>
void cleanse_string(String& secret) {
  secret.resize(secret.capacity());
  OPENSSL_cleanse(secret.data(), secret.size() * sizeof(typename String::value_type));
  secret.clear();
}

}  // namespace

void cleanse(std::string& secret) {
  cleanse_string(secret);
}
void cleanse(std::u16string& secret) {
  cleanse_string(secret);
}

}  // namespace mailkeep::sasl
