// RETR and TOP: every stored octet, whatever it is, and nothing but it.
#include "protocol/pop3/retrieval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/protocol/pop3/faulty_account.h"
#include "tests/unit/protocol/pop3/pop3_fixture.h"

namespace mailkeep::pop3 {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class Pop3Retrieval : public Pop3Test {
 protected:
  // The lines of the first multi-line reply in `replies`, dots undone, and the reply taken away.
  static std::string take_message(std::string& replies) {
    EXPECT_THAT(replies, StartsWith("+OK"));
    replies.erase(0, replies.find("\r\n") + 2);
    std::string message;
    while (true) {
      const std::size_t end = replies.find("\r\n");
      if (end == std::string::npos) {
        ADD_FAILURE() << "no last line";
        return message;
      }
      std::string line = replies.substr(0, end);
      replies.erase(0, end + 2);
      if (line == ".") return message;
      if (line.starts_with('.')) line.erase(0, 1);
      message += line + "\r\n";
    }
  }
};

TEST_F(Pop3Retrieval, OctetsComeBackAsTheyAre) {
  const std::vector<std::string> messages = {
      "A: b\r\n\r\n.\r\n..\r\n.x\r\n",
      ".\r\n",
      "A: b\n\nbare\n.dot\n",
      std::string("A: b\r\n\r\n\0nul\0\r\n", 15),
      "A: b\r\n\r\nbare\rcr\r.\r\r\n",
      "\x80\xff\xfe\r\n",
      "\r\n\r\n\r\n",
      "A: b\r\n\r\nno end",
      "A: b\r\n\r\ncr\r",
  };
  deliver(messages);
  std::string commands;
  for (std::size_t i = 1; i <= messages.size(); ++i)
    commands += "RETR " + std::to_string(i) + "\r\n";
  std::string replies = run_logged_in(commands);
  for (const std::string& message : messages) {
    const std::string expected = message.ends_with("\r\n") ? message : message + "\r\n";
    EXPECT_EQ(take_message(replies), expected);
  }
  EXPECT_EQ(replies, "");
}

TEST_F(Pop3Retrieval, ALoneDotBetweenBareLineEndsCannotEndTheReply) {
  deliver({"A: b\n\n1\n.\n+OK fake\r\n2\n", "A: b\n\n.\r\n3\n"});
  EXPECT_EQ(run_logged_in("RETR 1\r\nRETR 2\r\nTOP 1 2\r\n"),
            "+OK 22 octets\r\nA: b\r\n\r\n1\r\n..\r\n+OK fake\r\n2\r\n.\r\n"
            "+OK 11 octets\r\nA: b\r\n\r\n..\r\n3\r\n.\r\n"
            "+OK 22 octets\r\nA: b\r\n\r\n1\r\n..\r\n.\r\n");
}

TEST_F(Pop3Retrieval, TopShowsTheHeaderAndSomeLines) {
  deliver({"A: b\r\n\r\n.1\r\n2\r\n3\r\n", "no header end"});
  EXPECT_EQ(run_logged_in("TOP 1 0\r\nTOP 1 2\r\nTOP 1 99999999999\r\nTOP 2 0\r\n"),
            "+OK 18 octets\r\nA: b\r\n\r\n.\r\n"
            "+OK 18 octets\r\nA: b\r\n\r\n..1\r\n2\r\n.\r\n"
            "+OK 18 octets\r\nA: b\r\n\r\n..1\r\n2\r\n3\r\n.\r\n"
            "+OK 13 octets\r\nno header end\r\n.\r\n");
}

TEST_F(Pop3Retrieval, MessagesComeInAnyOrder) {
  deliver({"1\r\n", "2\r\n", "3\r\n"});
  EXPECT_EQ(run_logged_in("RETR 3\r\nRETR 1\r\nRETR 1\r\nRETR 9\r\nRETR 2\r\n"),
            "+OK 3 octets\r\n3\r\n.\r\n+OK 3 octets\r\n1\r\n.\r\n+OK 3 octets\r\n1\r\n.\r\n"
            "-ERR No such message\r\n+OK 3 octets\r\n2\r\n.\r\n");
}

std::string long_message(std::uint64_t bytes, const std::string& line) {
  std::string message = "A: b\r\n\r\n";
  while (message.size() < bytes) message += line;
  return message;
}

TEST_F(Pop3Retrieval, LongMessagesLeaveInPieces) {
  const std::string message = long_message(3 * kPieceBytes + 7, ".dots and more\r\n");
  deliver({message});
  std::string replies = run_logged_in("RETR 1\r\nNOOP\r\n");
  EXPECT_TRUE(take_message(replies) == message);
  EXPECT_EQ(replies, "+OK Nothing done\r\n");
  EXPECT_GE(stream_.writes, 4U);
}

TEST_F(Pop3Retrieval, AroundTheLengthOfAPieceNothingIsLost) {
  for (const std::uint64_t length : {kPieceBytes - 1, kPieceBytes, kPieceBytes + 1}) {
    std::string message = long_message(length, "0123456789abcd\r\n").substr(0, length - 2) + "\r\n";
    deliver({message});
    stream_.output.clear();
    const std::string number = std::to_string(messages_in_inbox());
    std::string replies = run_logged_in("RETR " + number + "\r\n");
    EXPECT_TRUE(take_message(replies) == message) << length;
  }
}

TEST_F(Pop3Retrieval, TopOfALongMessageStopsWhereItShould) {
  deliver({long_message(3 * kPieceBytes, "0123456789abcd\r\n")});
  EXPECT_EQ(run_logged_in("TOP 1 1\r\n"), "+OK " + std::to_string(3 * kPieceBytes + 8) +
                                              " octets\r\nA: b\r\n\r\n0123456789abcd\r\n.\r\n");
  stream_.output.clear();
  std::string replies = run_logged_in("TOP 1 20000\r\n");
  EXPECT_EQ(take_message(replies).size(), 8 + 20000 * 16U);
}

TEST_F(Pop3Retrieval, ALoneDotFarInsideALongMessageIsFound) {
  const std::string lines = long_message(2 * kPieceBytes, "0123456789abcd\r\n");
  deliver({lines + "x\n.\ny\r\n"});
  std::string replies = run_logged_in("RETR 1\r\n");
  EXPECT_TRUE(take_message(replies) == lines + "x\r\n.\r\ny\r\n");
}

TEST_F(Pop3Retrieval, OneThatCannotBeReadCostsItself) {
  deliver({"1\r\n", "2\r\n", "3\r\n", "4\r\n"});
  auto faulty = std::make_shared<FaultyAccount>(authenticator_.account);
  faulty->fail_reads_of = {2, 3};
  authenticator_.account = faulty;
  EXPECT_EQ(run_logged_in("RETR 1\r\nRETR 2\r\nRETR 3\r\nRETR 4\r\n"),
            "+OK 3 octets\r\n1\r\n.\r\n-ERR [SYS/TEMP] The message cannot be read now\r\n"
            "-ERR [SYS/TEMP] The message cannot be read now\r\n+OK 3 octets\r\n4\r\n.\r\n");
  EXPECT_THAT(events_.failures, ElementsAre("RETR 2", "RETR 3"));
}

TEST_F(Pop3Retrieval, AStoreThatFailsAltogetherCostsTheCommandsOnly) {
  deliver({"1\r\n", "2\r\n"});
  auto faulty = std::make_shared<FaultyAccount>(authenticator_.account);
  authenticator_.account = faulty;
  stream_.events.push_back({protocol::ReadStatus::data, "RETR 1\r\nRETR 2\r\nSTAT\r\n",
                            [&] { faulty->fail_messages = true; }});
  EXPECT_EQ(run_logged_in(""),
            "-ERR [SYS/TEMP] The message cannot be read now\r\n"
            "-ERR [SYS/TEMP] The message cannot be read now\r\n+OK 2 6\r\n");
}

TEST_F(Pop3Retrieval, ALongMessageThatBreaksInTheMiddleEndsTheSession) {
  deliver({long_message(3 * kPieceBytes, "0123456789abcd\r\n")});
  auto faulty = std::make_shared<FaultyAccount>(authenticator_.account);
  faulty->fail_reads_from_offset = kPieceBytes;
  authenticator_.account = faulty;
  const std::string replies = run_logged_in("RETR 1\r\nNOOP\r\n");
  EXPECT_EQ(replies.find("+OK Nothing done"), std::string::npos);
  EXPECT_FALSE(replies.ends_with(".\r\n")) << "looks whole";
  EXPECT_THAT(events_.ends, ElementsAre("ann: message lost while it was sent"));
}

TEST_F(Pop3Retrieval, ALongMessageNeedsNoStructure) {
  const std::string lines = long_message(2 * kPieceBytes, "0123456789abcd\r\n");
  for (const std::string end : {"x\r\n..\r\n", "x\n.\ny\r\n"}) {
    deliver({lines + end});
    auto faulty = std::make_shared<FaultyAccount>(store_->open_account("ann").value());
    authenticator_.account = faulty;
    const std::string number = std::to_string(messages_in_inbox());
    for (const bool throws : {true, false}) {
      const auto uid = static_cast<std::uint32_t>(messages_in_inbox());
      (throws ? faulty->fail_structures_of : faulty->damage_structures_of) = {uid};
      stream_.output.clear();
      std::string replies = run_logged_in("RETR " + number + "\r\n");
      const std::string message = take_message(replies);
      EXPECT_EQ(message.size(), lines.size() + end.size() + (end.find("\n.\n") == 1 ? 2 : 0));
      EXPECT_TRUE(message.starts_with(lines));
    }
  }
  EXPECT_TRUE(events_.failures.empty());
}

TEST_F(Pop3Retrieval, ALongMessageThatWasNotTakenApartKeepsItsLoneDots) {
  authenticator_.account.reset();
  store_.reset();
  store::StoreOptions options;
  options.parsing.make_parser = []() -> std::unique_ptr<store::StructureParser> {
    throw std::runtime_error("a mistake of ours");
  };
  store_ = store::Store::open(directory_, options);
  authenticator_.account = store_->open_account("ann").value();
  const std::string lines = long_message(2 * kPieceBytes, "0123456789abcd\r\n");
  deliver({lines + "x\n.\ny\r\n"});
  std::string replies = run_logged_in("RETR 1\r\n");
  EXPECT_TRUE(take_message(replies) == lines + "x\r\n.\r\ny\r\n");
}

TEST_F(Pop3Retrieval, SizesAreThoseOfWhatIsSent) {
  const std::vector<std::string> messages = {"A: b\r\n\r\n.\r\n..x\r\n", "x\r\n", "\r\n",
                                             long_message(2 * kPieceBytes, ".0123456789abc\r\n")};
  deliver(messages);
  auto faulty = std::make_shared<FaultyAccount>(authenticator_.account);
  faulty->damage_structures_of = {2, 4};
  authenticator_.account = faulty;
  std::string expected = "+OK 4 messages\r\n";
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    all += messages[i].size();
    expected += std::to_string(i + 1) + ' ' + std::to_string(messages[i].size()) + "\r\n";
  }
  EXPECT_EQ(run_logged_in("LIST\r\nSTAT\r\n"),
            expected + ".\r\n+OK 4 " + std::to_string(all) + "\r\n");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    stream_.output.clear();
    std::string replies = run_logged_in("RETR " + std::to_string(i + 1) + "\r\n");
    EXPECT_TRUE(take_message(replies) == messages[i]) << i;
  }
}

TEST_F(Pop3Retrieval, AFailureAtQuitIsToldAndNothingIsLost) {
  deliver({"1\r\n"});
  auto faulty = std::make_shared<FaultyAccount>(authenticator_.account);
  faulty->fail_expunge = true;
  authenticator_.account = faulty;
  EXPECT_EQ(run_logged_in("DELE 1\r\nQUIT\r\n"),
            "+OK Marked to be deleted\r\n-ERR [SYS/TEMP] Some deleted messages not removed\r\n");
  EXPECT_THAT(events_.failures, ElementsAre("QUIT 0"));
  EXPECT_THAT(events_.ends, ElementsAre("ann: logout"));
}

}  // namespace
}  // namespace mailkeep::pop3
