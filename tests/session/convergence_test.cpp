// Sessions over one mailbox that change it at the same time come to see the same.
#include <chrono>
#include <map>
#include <random>
#include <regex>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What a client believes, from nothing but the responses it was sent.
class Believer {
 public:
  explicit Believer(ScriptedImap client) : client_(std::move(client)) {}

  void run(const std::string& command) { believe(client_.command(command)); }
  ScriptedImap& client() { return client_; }
  std::size_t count() const { return count_; }

  // Asks for everything; every message must be where the client thinks it is.
  std::map<int, std::set<std::string>> look() {
    const std::string all = client_.command("FETCH 1:* (UID FLAGS)");
    std::map<int, std::set<std::string>> seen;
    static const std::regex row(R"(\* (\d+) FETCH \(UID (\d+) FLAGS \(([^)]*)\))");
    std::size_t expected = 1;
    for (std::sregex_iterator it(all.begin(), all.end(), row), end; it != end; ++it) {
      EXPECT_EQ(std::stoul((*it)[1]), expected++);
      std::set<std::string> flags;
      const std::string list = (*it)[3];
      static const std::regex word(R"(\S+)");
      for (std::sregex_iterator at(list.begin(), list.end(), word), last; at != last; ++at) {
        if (at->str() != "\\Recent") flags.insert(at->str());
      }
      seen[std::stoi((*it)[2])] = flags;
    }
    EXPECT_EQ(seen.size(), count_) << all;
    return seen;
  }

 private:
  void believe(const std::string& responses) {
    static const std::regex news(R"(\* (\d+) (EXISTS|EXPUNGE))");
    for (std::sregex_iterator it(responses.begin(), responses.end(), news), end; it != end; ++it) {
      const std::size_t number = std::stoul((*it)[1]);
      if ((*it)[2] == "EXPUNGE") {
        EXPECT_GE(number, 1U);
        EXPECT_LE(number, count_) << responses;
        --count_;
      } else {
        EXPECT_GE(number, count_) << responses;
        count_ = number;
      }
    }
  }

  ScriptedImap client_;
  std::size_t count_ = 0;
};

class ConvergenceTest : public ServerTest {
 protected:
  Believer believer() {
    Believer made(logged_in());
    made.run("SELECT INBOX");
    return made;
  }
};

std::string random_command(std::mt19937& random, std::size_t messages) {
  const std::string size = std::to_string(kSmallMessage.size());
  const std::string append = "APPEND INBOX {" + size + "+}\r\n" + std::string(kSmallMessage);
  if (messages == 0) return append;
  const std::string number = std::to_string(1 + random() % messages);
  switch (random() % 9) {
    case 0:
    case 1:
      return append;
    case 2:
      return "STORE " + number + " +FLAGS (\\Seen)";
    case 3:
      return "STORE " + number + " -FLAGS.SILENT (\\Seen \\Flagged)";
    case 4:
      return "STORE " + number + " FLAGS ($Label" + std::to_string(random() % 3) + ")";
    case 5:
      return "STORE " + number + " +FLAGS.SILENT (\\Deleted)";
    case 6:
      return "EXPUNGE";
    case 7:
      return "UID SEARCH ALL";
    default:
      return "COPY " + number + " INBOX";
  }
}

TEST_F(ConvergenceTest, RandomChangesOfThreeSessionsConverge) {
  start();
  std::vector<Believer> sessions;
  for (int i = 0; i < 3; ++i) sessions.push_back(believer());
  std::mt19937 random(20221122);
  for (int round = 0; round < 300; ++round) {
    Believer& session = sessions[random() % sessions.size()];
    session.run(random_command(random, session.count()));
    if (HasFailure()) return;
  }
  for (Believer& session : sessions) session.run("NOOP");
  const auto first = sessions[0].look();
  for (Believer& session : sessions) EXPECT_EQ(session.look(), first);
}

TEST_F(ConvergenceTest, ChangesFromManyThreadsConverge) {
  start();
  std::vector<Believer> sessions;
  for (int i = 0; i < 4; ++i) sessions.push_back(believer());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    threads.emplace_back([&, i] {
      std::mt19937 random(static_cast<unsigned>(i));
      for (int round = 0; round < 80; ++round) {
        sessions[i].run(random_command(random, sessions[i].count()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (Believer& session : sessions) session.run("NOOP");
  const auto first = sessions[0].look();
  for (Believer& session : sessions) EXPECT_EQ(session.look(), first);
}

TEST_F(ConvergenceTest, AnIdlingSessionWakesAtOnce) {
  start();
  ScriptedImap idling = selected();
  ScriptedImap other = selected();
  idling.send("a IDLE\r\n");
  EXPECT_THAT(idling.line(), StartsWith("+"));
  // The first append opens files; the second is the one that counts.
  for (int message = 1; message <= 2; ++message) {
    other.append("INBOX");
    const auto committed = std::chrono::steady_clock::now();
    EXPECT_EQ(idling.line(), "* " + std::to_string(message) + " EXISTS");
    const auto waited = std::chrono::steady_clock::now() - committed;
    EXPECT_LT(waited, std::chrono::milliseconds(message == 1 ? 5000 : 1000));
    EXPECT_THAT(idling.line(), HasSubstr("RECENT"));
  }
  idling.send("DONE\r\n");
  EXPECT_THAT(idling.line(), StartsWith("a OK"));
}

TEST_F(ConvergenceTest, APop3DeletionReachesAnIdlingSession) {
  start();
  logged_in().append("INBOX");
  ScriptedImap idling = selected();
  idling.send("a IDLE\r\n");
  EXPECT_THAT(idling.line(), StartsWith("+"));
  net::TestClient client = pop3();
  client.send("USER demo\r\nPASS secret\r\nDELE 1\r\nQUIT\r\n");
  EXPECT_EQ(idling.line(), "* 1 EXPUNGE");
}

}  // namespace
}  // namespace mailkeep::server
