#include "protocol/sasl/scram.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/prepare.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::sasl {
namespace {

std::string hmac(std::string_view key, std::string_view text) {
  unsigned char out[SHA256_DIGEST_LENGTH];
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, nullptr);
  return {reinterpret_cast<char*>(out), sizeof out};
}

std::string sha256(std::string_view text) {
  unsigned char out[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), out);
  return {reinterpret_cast<char*>(out), sizeof out};
}

store::PasswordRecord pencil() {
  return make_record("pencil", decode_base64("W22ZaJ0SNY7soEsUEjb6gQ==").value(), 4096);
}

// The exchange of RFC 7677 3: the record must accept its proof and give its server signature.
TEST(Scram, RecordServesTheExchangeOfTheRfc) {
  const std::string auth_message =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,"
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const store::PasswordRecord record = pencil();
  const std::string signature = hmac(record.stored_key, auth_message);
  std::string client_key = decode_base64("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").value();
  for (std::size_t i = 0; i < client_key.size(); ++i) {
    client_key[i] = static_cast<char>(client_key[i] ^ signature[i]);
  }
  EXPECT_EQ(sha256(client_key), record.stored_key);
  EXPECT_EQ(encode_base64(hmac(record.server_key, auth_message)),
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST(Scram, VerifiesThePasswordAndNoOther) {
  const store::PasswordRecord record = pencil();
  EXPECT_TRUE(verify_password(record, "pencil"));
  EXPECT_FALSE(verify_password(record, "pencils"));
  EXPECT_FALSE(verify_password(record, "Pencil"));
  EXPECT_FALSE(verify_password(record, ""));
}

TEST(Scram, ARecordOfAnEmptyPasswordOpensNothing) {
  EXPECT_FALSE(verify_password(make_record("", "salt", 4096), ""));
}

TEST(Scram, ADamagedRecordOpensNothing) {
  store::PasswordRecord record = pencil();
  record.stored_key.pop_back();
  EXPECT_FALSE(verify_password(record, "pencil"));
  record.stored_key.clear();
  EXPECT_FALSE(verify_password(record, "pencil"));
  EXPECT_FALSE(verify_password(store::PasswordRecord{}, "pencil"));
}

TEST(Scram, FreshRecordsDifferInTheirSalt) {
  const store::PasswordRecord first = make_record("secret");
  const store::PasswordRecord second = make_record("secret");
  EXPECT_EQ(first.iterations, kDefaultIterations);
  EXPECT_EQ(first.salt.size(), kSaltBytes);
  EXPECT_NE(first.salt, second.salt);
  EXPECT_NE(first.stored_key, second.stored_key);
  EXPECT_TRUE(verify_password(second, "secret"));
}

TEST(Scram, RefusesARecordWithoutIterations) {
  EXPECT_THROW(make_record("secret", "salt", 0), std::runtime_error);
}

TEST(Prepare, FollowsTheExamplesOfTheRfc) {  // RFC 4013 3
  EXPECT_EQ(prepare("I\xc2\xadX"), "IX");
  EXPECT_EQ(prepare("user"), "user");
  EXPECT_EQ(prepare("USER"), "USER");
  EXPECT_EQ(prepare("\xc2\xaa"), "a");
  EXPECT_EQ(prepare("\xe2\x85\xa8"), "IX");
  EXPECT_EQ(prepare("\x07"), std::nullopt);
  EXPECT_EQ(prepare("\xd8\xa7\x31"), std::nullopt);
}

TEST(Prepare, TakesNewerCharactersAndRefusesWhatIsNotUtf8) {
  EXPECT_EQ(prepare("\xf0\x9f\x94\x91"), "\xf0\x9f\x94\x91");
  EXPECT_EQ(prepare("\xff"), std::nullopt);
}

TEST(Scram, DifferentWaysToTypeAPasswordAreOne) {
  const store::PasswordRecord record = make_record("\xc3\xa4pfel \xc2\xbd", "salt", 4096);
  EXPECT_TRUE(verify_password(record,
                              "a\xcc\x88pfel 1\xe2\x81\x84"
                              "2"));
}

TEST(Scram, APasswordThatCannotBePreparedIsItsOctets) {
  const store::PasswordRecord record = make_record("tab\there\xff", "salt", 4096);
  EXPECT_TRUE(verify_password(record, "tab\there\xff"));
  EXPECT_FALSE(verify_password(record, "tab here\xff"));
}

TEST(Secret, IsOverwrittenAndEmptied) {
  std::string secret = "a password that is long enough for the heap";
  const char* octets = secret.data();
  const std::size_t size = secret.size();
  cleanse(secret);
  EXPECT_TRUE(secret.empty());
  ASSERT_EQ(secret.data(), octets);
  EXPECT_EQ(std::string_view(octets + 1, size - 1), std::string(size - 1, '\0'));
}

}  // namespace
}  // namespace mailkeep::sasl
