#include "server/log.h"

#include <regex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "server/session_log.h"

namespace mailkeep::server {

namespace {

using testing::EndsWith;
using testing::HasSubstr;

class LogTest : public testing::Test {
 protected:
  std::string text_;
  Log log_{LogLevel::debug, [this](std::string_view line) { text_ += line; }};
};

TEST_F(LogTest, WritesOneLineAnEvent) {
  log_.info("listening", {{"service", "imap"}, {"port", 143}, {"tls", true}});
  EXPECT_TRUE(std::regex_match(text_, std::regex("time=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d"
                                                 "\\.\\d{3}Z level=info event=listening "
                                                 "service=imap port=143 tls=yes\n")))
      << text_;
}

TEST_F(LogTest, QuotesWhatIsNotPlain) {
  log_.info("e", {{"space", "a b"}, {"quote", "a\"b\\c"}, {"empty", ""}, {"equals", "a=b"}});
  EXPECT_THAT(text_, EndsWith(" space=\"a b\" quote=\"a\\\"b\\\\c\" empty=\"\" equals=\"a=b\"\n"));
}

TEST_F(LogTest, LetsNobodyForgeLines) {
  log_.warning("login_failed", {{"account", "ann\r\ntime=now level=info event=login\x1b[2J\x7f"}});
  EXPECT_EQ(text_.find('\n'), text_.size() - 1);
  EXPECT_THAT(text_, EndsWith("account=\"ann\\r\\ntime=now level=info "
                              "event=login\\x1b[2J\\x7f\"\n"));
}

TEST_F(LogTest, KeepsUtf8AndEscapesWhatIsNot) {
  using std::string_literals::operator""s;
  log_.info("e", {{"good", "J\u00f6rg \u20ac \U0001F4E7"}});
  EXPECT_THAT(text_, HasSubstr("good=\"J\u00f6rg \u20ac \U0001F4E7\""));
  for (const std::string& bad :
       {"\xff"s, "\xc0\xaf"s, "\xe0\x80\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xe2\x82"s,
        "\xf0\x80\x80\x80"s, "\xc2\x85"s, "\xe2\x80\xa8"s, "\0"s}) {
    text_.clear();
    log_.info("e", {{"bad", bad}});
    EXPECT_THAT(text_, HasSubstr("bad=\"\\x"));
    EXPECT_TRUE(std::ranges::all_of(text_, [](unsigned char octet) { return octet < 0x80; }));
  }
}

TEST_F(LogTest, CutsLongValues) {
  log_.info("e", {{"long", std::string(100'000, 'x')}});
  EXPECT_LT(text_.size(), Log::kMaxValueBytes + 200);
  EXPECT_THAT(text_, EndsWith("xxx...\"\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  log_.set_level(LogLevel::warning);
  log_.info("quiet");
  log_.debug("quiet");
  EXPECT_EQ(text_, "");
  log_.error("loud");
  log_.warning("loud");
  EXPECT_EQ(std::ranges::count(text_, '\n'), 2);
}

TEST_F(LogTest, KnowsItsLevelsByName) {
  for (const LogLevel level :
       {LogLevel::error, LogLevel::warning, LogLevel::info, LogLevel::debug}) {
    EXPECT_EQ(log_level_named(name_of(level)), level);
  }
  EXPECT_EQ(log_level_named("loud"), std::nullopt);
}

TEST_F(LogTest, WritesWholeLinesFromManyThreads) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this] {
      for (int count = 0; count < 200; ++count) log_.info("e", {{"text", std::string(50, 'x')}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::ranges::count(text_, '\n'), 800);
}

TEST_F(LogTest, TellsWhatSessionsReport) {
  SessionLog sessions(log_);
  sessions.command_failed("imap", "192.0.2.1:40000", "ann", "INBOX", 7, "FETCH", "disk I/O error");
  EXPECT_THAT(text_, HasSubstr("level=error event=command_failed protocol=imap "
                               "peer=192.0.2.1:40000 account=ann mailbox=INBOX uid=7 "
                               "command=FETCH error=\"disk I/O error\"\n"));
  text_.clear();
  sessions.session_ended("pop3", "unix", "", "too many bad commands");
  EXPECT_THAT(text_, HasSubstr("level=info event=session_ended protocol=pop3 peer=unix "
                               "account=\"\" reason=\"too many bad commands\"\n"));
}

TEST_F(LogTest, TellsLogIns) {
  const LoginLog logins = login_log(log_);
  const protocol::LoginOrigin origin{"imap", "PLAIN", "192.0.2.1:40000", true};
  logins({"ann", origin, std::nullopt, ""});
  EXPECT_THAT(text_, HasSubstr("level=info event=login protocol=imap mechanism=PLAIN "
                               "peer=192.0.2.1:40000 tls=yes account=ann\n"));
  text_.clear();
  logins({"ann", origin, protocol::LoginError::refused, "wrong password"});
  EXPECT_THAT(text_, HasSubstr("level=warning event=login_failed"));
  EXPECT_THAT(text_, HasSubstr("error=refused detail=\"wrong password\"\n"));
  text_.clear();
  logins({"ann", origin, protocol::LoginError::account_damaged, "run store check"});
  EXPECT_THAT(text_, HasSubstr("level=error event=login_failed"));
}

}  // namespace

}  // namespace mailkeep::server
