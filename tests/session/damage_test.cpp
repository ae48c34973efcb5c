// What goes wrong on one side stays there: damaged files, removed accounts, vanished connections.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class DamageTest : public ServerTest {
 protected:
  // Writes garbage over the file of `account`, as a failing disk would.
  void damage(std::string_view account) {
    const auto found = server().store().find_account(account);
    const std::string id = std::to_string(found->id.value);
    stop();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_dir())) {
      const std::filesystem::path& path = entry.path();
      if (path.parent_path().filename() != id || path.filename() != "mail.db") continue;
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file << std::string(40'000, '\x5a');
      ++damaged_;
    }
    ASSERT_EQ(damaged_, 1);
  }

  int damaged_ = 0;
};

TEST_F(DamageTest, ADamagedAccountSaysSoAndOthersWork) {
  start();
  logged_in("demo").append("INBOX");
  logged_in("other").append("INBOX");
  damage("demo");
  start();
  ScriptedImap client = imap();
  const std::string reply = client.command("LOGIN demo secret");
  EXPECT_THAT(reply, StartsWith("x NO ["));
  EXPECT_THAT(reply, Not(HasSubstr("AUTHENTICATIONFAILED")));
  EXPECT_THAT(log_text(), HasSubstr("store check"));
  ScriptedImap other = logged_in("other");
  EXPECT_THAT(other.command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 1"));
}

TEST_F(DamageTest, AnAccountThatIsRemovedUnderItsSessionEndsNobodyElse) {
  start();
  ScriptedImap client = selected();
  ScriptedImap other = logged_in("other");
  ASSERT_TRUE(server().store().remove_account("demo"));
  const std::string reply = client.command("STATUS INBOX (MESSAGES)");
  EXPECT_TRUE(reply.find("x NO") != std::string::npos || reply.find("BYE") != std::string::npos ||
              reply.find("x OK") != std::string::npos)
      << reply;
  EXPECT_THAT(other.command("STATUS INBOX (MESSAGES)"), HasSubstr("x OK"));
  ScriptedImap again = imap();
  EXPECT_THAT(again.command("LOGIN demo secret"), StartsWith("x NO [AUTHENTICATIONFAILED]"));
}

TEST_F(DamageTest, ConnectionsThatVanishInTheMiddleLeaveNothingBehind) {
  start();
  for (int i = 0; i < 20; ++i) {
    ScriptedImap client = logged_in();
    client.send("a APPEND INBOX {5000+}\r\nSubject: x\r\n");
    ScriptedImap idling = selected();
    idling.send("b IDLE\r\n");
    net::TestClient waiting = pop3();
    waiting.send("USER demo\r\n");
  }
  ScriptedImap client = logged_in();
  EXPECT_THAT(client.command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 0"));
}

TEST_F(DamageTest, PasswordsAndMessageTextAreNotLogged) {
  start();
  ScriptedImap client = imap();
  client.command("LOGIN demo wrong-but-private");
  client.login();
  client.append("INBOX", "Subject: very confidential\r\n\r\nbody of it\r\n");
  client.command("LOGOUT");
  EXPECT_THAT(log_text(), HasSubstr("demo"));
  EXPECT_THAT(log_text(), Not(HasSubstr("wrong-but-private")));
  EXPECT_THAT(log_text(), Not(HasSubstr("confidential")));
}

TEST_F(DamageTest, NobodySeesAnothersMail) {
  start();
  logged_in("demo").append("INBOX", "Subject: for demo only\r\n\r\n");
  logged_in("demo").command("CREATE Private");
  ScriptedImap other = logged_in("other");
  EXPECT_THAT(other.command("LIST \"\" *"), Not(HasSubstr("Private")));
  EXPECT_THAT(other.command("SELECT INBOX"), HasSubstr("* 0 EXISTS"));
  EXPECT_THAT(other.command("SELECT Private"), HasSubstr("x NO"));
}

}  // namespace
}  // namespace mailkeep::server
