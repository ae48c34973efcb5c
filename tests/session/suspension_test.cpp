// Accounts that are suspended or removed while clients are logged in to them.
#include <chrono>

#include <gmock/gmock.h>

#include "store/credentials.h"
#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::chrono::seconds kSoon{4};  // maintenance looks every second

class SuspensionTest : public ServerTest {
 protected:
  void expect_byes(const std::function<void()>& close_account, const char* bye, const char* error) {
    start();
    ScriptedImap other = selected("INBOX");
    other.command("UNAUTHENTICATE");
    other.login("other");
    ScriptedImap waiting = logged_in();
    ScriptedImap idling = selected();
    idling.send("a IDLE\r\n");
    EXPECT_THAT(idling.line(), StartsWith("+"));
    net::TestClient reading = pop3();
    reading.send("USER demo\r\nPASS secret\r\n");
    EXPECT_THAT(reading.line(), StartsWith("+OK"));
    EXPECT_THAT(reading.line(), StartsWith("+OK"));
    const auto begin = std::chrono::steady_clock::now();
    close_account();
    EXPECT_THAT(waiting.line(), StartsWith(bye));
    EXPECT_THAT(idling.line(), StartsWith(bye));
    EXPECT_THAT(reading.line(), StartsWith(error));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, kSoon);
    EXPECT_TRUE(waiting.closed());
    EXPECT_TRUE(idling.closed());
    EXPECT_TRUE(reading.closed());
    EXPECT_THAT(imap().command("LOGIN demo secret"), StartsWith("x NO"));
    EXPECT_THAT(other.command("SELECT INBOX"), HasSubstr("x OK"));
    EXPECT_THAT(log_text(), HasSubstr("account closed"));
  }
};

TEST_F(SuspensionTest, EndsAllSessionsOfTheAccount) {
  expect_byes([&] { ASSERT_TRUE(store::Credentials(data_dir()).set_suspended("demo", true)); },
              "* BYE [CONTACTADMIN] The account is suspended.",
              "-ERR [SYS/PERM] The account is suspended.");
  ASSERT_TRUE(store::Credentials(data_dir()).set_suspended("demo", false));
  ScriptedImap again = logged_in();
  EXPECT_THAT(again.command("NOOP"), StartsWith("x OK"));
}

TEST_F(SuspensionTest, OfARemovedAccountEndsItsSessionsToo) {
  expect_byes([&] { ASSERT_TRUE(store::Store::open(data_dir())->remove_account("demo")); },
              "* BYE [CONTACTADMIN] There is no such account.",
              "-ERR [SYS/PERM] There is no such account.");
}

}  // namespace
}  // namespace mailkeep::server
