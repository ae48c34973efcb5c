#include "server/auth/login_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

using protocol::LoginError;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string line_of(std::optional<LoginError> error, std::string_view name) {
  std::string line;
  Log log(LogLevel::info, [&](std::string_view text) { line += text; });
  log_logins_to(log)({.name = name,
                      .origin = {"imap", "PLAIN", "192.0.2.1:1", true},
                      .error = error,
                      .detail = error ? "wrong password" : ""});
  return line;
}

TEST(LoginLog, WritesWhoCameFromWhere) {
  EXPECT_THAT(line_of(std::nullopt, "ann"),
              AllOf(HasSubstr("login"), HasSubstr("account=ann"), HasSubstr("peer=192.0.2.1:1"),
                    HasSubstr("tls=yes"), Not(HasSubstr("login_failed"))));
}

TEST(LoginLog, WritesWhyALogInFailed) {
  EXPECT_THAT(
      line_of(LoginError::refused, "ann"),
      AllOf(HasSubstr("login_failed"), HasSubstr("reason=refused"), HasSubstr("wrong password")));
}

TEST(LoginLog, SaysWhatToRunForADamagedAccount) {
  EXPECT_THAT(line_of(LoginError::account_damaged, "ann"), HasSubstr("mailkeep store check"));
}

TEST(LoginLog, ANameCannotForgeALine) {
  EXPECT_THAT(line_of(LoginError::refused, "x\nlogin account=admin"), Not(HasSubstr("\nlogin ")));
}

}  // namespace
}  // namespace mailkeep::server
