#include "server/auth/password_scheme.h"

#include <string>

#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

void expect_secret(const std::string& kept) {
  EXPECT_EQ(check_scheme(kept, "secret"), SchemeVerdict::right) << kept;
  EXPECT_EQ(check_scheme(kept, "Secret"), SchemeVerdict::wrong) << kept;
  EXPECT_EQ(check_scheme(kept, ""), SchemeVerdict::wrong) << kept;
}

TEST(PasswordScheme, KnowsPlainPasswords) {
  expect_secret("{PLAIN}secret");
  expect_secret("{plain}secret");
  expect_secret("{CLEARTEXT}secret");
}

TEST(PasswordScheme, KnowsWhatCryptKnows) {
  expect_secret("$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA");
  expect_secret("{SHA256-CRYPT}$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA");
  expect_secret(
      "{SHA512-CRYPT}$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y"
      "77vwPZN.Pq.H91p5hVO1");
  expect_secret("{CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//");
  expect_secret("{MD5-CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//");
  expect_secret("{BLF-CRYPT}$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a");
  expect_secret("{DES-CRYPT}abNANd1rDfiNc");
}

TEST(PasswordScheme, KnowsHashesWithAndWithoutSalt) {
  expect_secret("{PLAIN-MD5}5ebe2294ecd0e0f08eab7690d2a6ee69");
  expect_secret("{LDAP-MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==");
  expect_secret("{SMD5}mc0uWpXVVe5747A4pKhGJXNhbHQ=");
  expect_secret("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=");
  expect_secret("{SHA1}5en6G6MezRroT3XKqkdPOmY/BfQ");
  expect_secret("{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0");
  expect_secret("{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=");
  expect_secret("{SHA256.HEX}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b");
  expect_secret("{SSHA256}+E+iFJ27Yu1ODPH1UNKUmzOmUT06dwfghQJRHHnMsO5zYWx0");
  expect_secret(
      "{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/"
      "isg==");
  expect_secret(
      "{SSHA512.b64}E491yrR9AdCoE7rbOPYS3EZgSuZpVE65AD9xko08s6floNesY/"
      "Zpe9zMVvLix4S2FiQSJ99RIkNvhHom"
      "NO9uL3NhbHQ=");
}

TEST(PasswordScheme, KnowsArgon2) {
  const std::string kept =
      "{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
      "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  EXPECT_EQ(check_scheme(kept, "password"), SchemeVerdict::right);
  EXPECT_EQ(check_scheme(kept, "passwort"), SchemeVerdict::wrong);
}

TEST(PasswordScheme, KnowsScramRecords) {  // RFC 7677 3
  const std::string kept =
      "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
      "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
  EXPECT_EQ(check_scheme(kept, "pencil"), SchemeVerdict::right);
  EXPECT_EQ(check_scheme(kept, "pen"), SchemeVerdict::wrong);
}

TEST(PasswordScheme, SaysWhatItCannotUse) {
  for (const char* kept :
       {"", "x", "{", "{PLAIN", "{WHIRLPOOL}x", "{SHA}x",
        "{SHA}5en6G6MezRroT3XKqkdPOmY=", "{SSHA}!", "{PLAIN-MD5}5ebe",
        "{PLAIN-MD5}zzzz2294ecd0e0f08eab7690d2a6ee69", "{CRYPT}$9$x$y", "{SHA512-CRYPT}",
        "{ARGON2ID}x", "{SCRAM-SHA-256}0,a,b,c", "{SCRAM-SHA-256}99999999,YQ==,YQ=="}) {
    EXPECT_EQ(check_scheme(kept, "secret"), SchemeVerdict::unusable) << kept;
  }
}

}  // namespace
}  // namespace mailkeep::server
