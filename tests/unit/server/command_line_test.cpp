#include "server/command_line.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "net/test_client.h"
#include "server/exit_code.h"

namespace mailkeep::server {

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ProgramTest : public testing::Test {
 protected:
  int run(const std::vector<std::string>& arguments) {
    out_.str({});
    err_.str({});
    return run_program(arguments, {in_, out_, err_});
  }
  std::string config_file(const std::string& text) {
    const std::filesystem::path file = directory_.path() / "mailkeep.conf";
    std::ofstream(file) << text;
    return file.string();
  }

  net::TemporaryDirectory directory_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(ProgramTest, ShowsHelpAndVersion) {
  for (const char* word : {"help", "--help", "-h"}) {
    EXPECT_EQ(run({word}), exit_code::ok);
    EXPECT_THAT(out_.str(), HasSubstr("check-config"));
    EXPECT_THAT(out_.str(), HasSubstr("--data-dir DIRECTORY"));
  }
  for (const char* word : {"version", "--version"}) {
    EXPECT_EQ(run({word}), exit_code::ok);
    EXPECT_THAT(out_.str(), StartsWith("mailkeep "));
  }
}

TEST_F(ProgramTest, ShowsHowACommandIsUsed) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"migrate", "--help"},
                                                {"help", "migrate"},
                                                {"migrate", "a", "-h"}}) {
    EXPECT_EQ(run(words), exit_code::ok);
    EXPECT_THAT(out_.str(), StartsWith("Usage: mailkeep migrate ACCOUNT --from"));
  }
  EXPECT_EQ(run({"help", "domain"}), exit_code::ok);
  EXPECT_THAT(out_.str(), HasSubstr("mailkeep domain add"));
  EXPECT_THAT(out_.str(), HasSubstr("mailkeep domain list"));
  EXPECT_EQ(run({"help", "domain", "add"}), exit_code::ok);
  EXPECT_THAT(out_.str(), Not(HasSubstr("mailkeep domain list")));
}

TEST_F(ProgramTest, WantsACommand) {
  EXPECT_EQ(run({}), exit_code::usage);
  EXPECT_THAT(err_.str(), HasSubstr("Usage: mailkeep COMMAND"));
}

TEST_F(ProgramTest, GuessesAtAnUnknownCommand) {
  EXPECT_EQ(run({"sevre"}), exit_code::usage);
  EXPECT_EQ(err_.str(),
            "mailkeep: unknown command \"sevre\"; did you mean \"serve\"?\n"
            "Try \"mailkeep help\".\n");
}

TEST_F(ProgramTest, RefusesWordsItDoesNotKnow) {
  EXPECT_EQ(run({"check-config", "--confg", "x"}), exit_code::usage);
  EXPECT_THAT(err_.str(), HasSubstr("check-config takes no \"--confg\""));
}

TEST_F(ProgramTest, ChecksAConfiguration) {
  net::make_identity(directory_.path(), "one", {"mail.example.org", "imap.example.org"});
  const std::string file = config_file(
      "data-dir = data\nhostname = mail.example.org\n[imap]\nlisten = 127.0.0.1:143\n"
      "[imaps]\nlisten = *:993\n[tls]\ncertificate = one.pem\nkey = one.key\n");
  EXPECT_EQ(run({"check-config", "--config", file}), exit_code::ok);
  const std::string directory = directory_.path().string();
  EXPECT_EQ(out_.str(), "OK\nmail.example.org would serve, with mail in " + directory +
                            "/data:\n"
                            "  imap   127.0.0.1:143\n"
                            "  imaps  *:993\n"
                            "  TLS certificate for mail.example.org imap.example.org (" +
                            directory + "/one.pem)\n");
  EXPECT_EQ(err_.str(), "");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "data"));
}

TEST_F(ProgramTest, SaysWhatIsWrongWithAConfiguration) {
  const std::string file = config_file("[imap]\nlisten = 143\n");
  EXPECT_EQ(run({"check-config", "--config", file}), exit_code::failed);
  EXPECT_THAT(err_.str(), StartsWith("mailkeep: " + file + ":2: listen = 143: "));
  EXPECT_EQ(run({"serve", "--config", file}), exit_code::config);
}

TEST_F(ProgramTest, SaysThatACertificateIsMissing) {
  const std::string file = config_file("[tls]\ncertificate = none.pem\nkey = none.key\n");
  EXPECT_EQ(run({"check-config", "--config", file}), exit_code::failed);
  EXPECT_THAT(err_.str(), HasSubstr("none.pem: No such file or directory"));
}

TEST_F(ProgramTest, WarnsOfWhatIsProbablyNotMeant) {
  const std::string file = config_file("[imap]\nlisten = 127.0.0.1:143\n[lmtp]\nlisten = *:24\n");
  EXPECT_EQ(run({"check-config", "--config", file}), exit_code::ok);
  EXPECT_THAT(err_.str(), HasSubstr("can deliver mail"));
}

TEST_F(ProgramTest, PassesOtherCommandsOn) {
  const std::string file = config_file("data-dir = data\n");
  in_.str("secret password\n");
  EXPECT_EQ(run({"user", "add", "ann", "--password-stdin", "--config", file}), exit_code::ok)
      << err_.str();
  EXPECT_EQ(run({"user", "list", "-c", file}), exit_code::ok);
  EXPECT_THAT(out_.str(), HasSubstr("ann"));
}

}  // namespace

}  // namespace mailkeep::server
