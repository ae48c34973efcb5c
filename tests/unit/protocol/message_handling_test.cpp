// Faults injected wherever a message is handled, from its arrival on: they cost that message its
// answer, and nothing else. Whatever else the sessions say is octet by octet what they say without.
#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <time.h>

#include "mime/message_parser.h"
#include "protocol/pop3/session.h"
#include "store/sqlite/database.h"
#include "store/structure_maker.h"
#include "tests/unit/protocol/imap/commands/dialog.h"
#include "tests/unit/protocol/imap/fetch/fetch_grammar.h"
#include "tests/unit/protocol/pop3/pop3_fixture.h"

namespace mailkeep::imap {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::string_view kFailsAt = "poison";

std::string message(const std::string& word) {
  return "From: a@example.org\r\nDate: Mon, 2 Jan 2023 10:11:12 +0100\r\nSubject: " + word +
         "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" +
         word + " in a text\r\n--b\r\nContent-Type: application/pdf\r\n" +
         "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n";
}

void compute_until(std::chrono::nanoseconds duration) {
  for (const auto end = store::processor_time() + duration; store::processor_time() < end;)
    continue;
}

class FaultyParser : public store::StructureParser {
 public:
  explicit FaultyParser(std::function<void()> fault) : fault_(std::move(fault)) {}
  void feed(std::string_view octets) override {
    if (octets.find(kFailsAt) != std::string_view::npos) fault_();
    parser_.feed(octets);
  }
  mime::Structure finish() override { return parser_.finish(); }

 private:
  std::function<void()> fault_;
  mime::MessageParser parser_;
};

store::Parsing with_parser_that(std::function<void()> fails) {
  store::Parsing parsing;
  parsing.make_parser = [fails] { return std::make_unique<FaultyParser>(fails); };
  return parsing;
}

void fail() {
  throw std::runtime_error("a mistake of ours");
}

bool is_poison(const mime::Structure& structure) {
  return structure.root().envelope->subject == kFailsAt;
}

struct Stage {
  const char* name;
  store::Parsing at_arrival;        // how the messages come in
  std::vector<const char*> damage;  // what then happens to the account's file
  store::Parsing afterwards;
  bool is_logged = true;   // when somebody asks for the message
  bool has_octets = true;  // they can still be had
  bool has_structure = false;
};

std::ostream& operator<<(std::ostream& out, const Stage& stage) {
  return out << stage.name;
}

std::vector<Stage> stages() {
  std::vector<Stage> all;
  const auto add = [&](const char* name) -> Stage& {
    all.push_back({.name = name, .at_arrival = {}, .damage = {}, .afterwards = {}});
    return all.back();
  };
  // As it arrives.
  Stage* stage = &add("ParserThrows");
  stage->at_arrival = with_parser_that(fail);
  stage->is_logged = false;
  stage = &add("ParserTakesTooLong");
  stage->at_arrival = with_parser_that([] { compute_until(30ms); });
  stage->at_arrival.budget = 10ms;
  stage->is_logged = false;
  stage = &add("StructureCannotBeKept");
  stage->at_arrival.make_record = [](const mime::Structure& structure) {
    if (is_poison(structure)) fail();
    store::StructureRecord record;
    record.serialized = mime::serialize(structure);
    record.header_size = structure.root().body_begin;
    record.defects = mime::DefectKinds(structure.defects);
    record.sent = store::SentDate{1'672'650'672, 60};
    return record;
  };
  stage->is_logged = false;
  stage = &add("KeysCannotBeMade");
  stage->at_arrival.make_keys = [](const mime::Structure& structure, std::string_view head) {
    if (is_poison(structure)) fail();
    return store::make_message_keys(structure, head);
  };
  stage->is_logged = false;
  stage->has_structure = true;
  // What is kept.
  add("KeptStructureIsDamaged").damage = {"UPDATE message SET structure = x'ff00ff' WHERE id = 2"};
  stage = &add("KeptStructureIsLost");
  stage->damage = {"DELETE FROM message WHERE id = 2"};
  stage->has_structure = true;
  stage->is_logged = false;
  stage = &add("KeptStructureIsOldAndTheParserThrows");
  stage->damage = {"UPDATE message SET structure_version = 0"};
  stage->afterwards = with_parser_that(fail);
  stage->is_logged = false;
  stage = &add("KeptStructureIsOldAndTheContentLost");
  stage->damage = {"UPDATE message SET structure_version = 0",
                   "DELETE FROM content WHERE id / 65536 = 2"};
  stage->has_octets = false;
  stage = &add("KeysAreDamaged");
  stage->damage = {"UPDATE message_key SET keys = x'ff' WHERE message_id = 2"};
  stage->is_logged = false;
  stage->has_structure = true;
  stage = &add("KeysAreLost");
  stage->damage = {"DELETE FROM message_key WHERE message_id = 2"};
  stage->is_logged = false;
  stage->has_structure = true;
  stage = &add("KeysAreOldAndTheContentLost");
  stage->damage = {"UPDATE account_state SET keys_version = 0",
                   "UPDATE message SET structure_version = 0",
                   "DELETE FROM content WHERE id / 65536 = 2"};
  stage->has_octets = false;
  // The octets.
  stage = &add("HeaderIsLost");
  stage->damage = {"DELETE FROM header WHERE message_id = 2"};
  stage->has_octets = false;
  stage->has_structure = true;
  stage = &add("ContentIsLost");
  stage->damage = {"DELETE FROM content WHERE id / 65536 = 2"};
  stage->has_octets = false;
  stage->has_structure = true;
  stage = &add("ContentIsDamaged");
  stage->damage = {"UPDATE content SET codec = 1, data = x'00ff' WHERE id / 65536 = 2"};
  stage->has_octets = false;
  stage->has_structure = true;
  stage = &add("ContentIsCut");
  stage->damage = {"UPDATE content SET codec = 0, data = substr(data, 3) WHERE id / 65536 = 2"};
  stage->has_octets = false;
  stage->has_structure = true;
  return all;
}

class HandlingEvents : public protocol::SessionEvents {
 public:
  void command_failed(std::string_view, std::string_view, std::string_view account,
                      std::string_view mailbox, std::uint32_t uid, std::string_view command,
                      std::string_view) override {
    failures.push_back(std::string(account) + ' ' + std::string(mailbox) + ' ' +
                       std::to_string(uid) + ' ' + std::string(command));
  }
  void session_ended(std::string_view, std::string_view, std::string_view,
                     std::string_view reason) override {
    end_reason = reason;
  }
  std::vector<std::string> failures;
  std::string end_reason;
};

// Three messages, the second of which is handled badly.
class MessageHandling : public DialogTest {
 protected:
  void reopen(const store::Parsing& parsing) {
    authenticator_.account.reset();
    store_.reset();
    store::StoreOptions options;
    options.parsing = parsing;
    store_ = store::Store::open(directory_, options);
    authenticator_.account = store_->open_account("ann").value();
  }

  void deliver_three(const store::Parsing& parsing) {
    reopen(parsing);
    for (const std::string& word :
         {std::string("first"), std::string(kFailsAt), std::string("third")}) {
      std::vector<store::NewMessage> messages;
      messages.push_back({account().begin_upload(), {}, {1'700'000'000, 0}});
      messages.back().upload.write(message(word));
      ASSERT_TRUE(account().append("INBOX", std::move(messages)));
    }
  }

  void execute(const std::vector<const char*>& statements) {
    const auto file = directory_ / "accounts" / std::to_string(account().id().value) / "mail.db";
    store::sqlite::Database database(file, store::sqlite::Open::existing);
    for (const char* statement : statements) database.execute(statement);
  }

  std::string say_imap(const std::string& input) {
    stream_.input.assign({"x LOGIN ann secret\r\n", "y SELECT INBOX\r\n", input});
    stream_.output.clear();
    boost::asio::io_context context;
    Session session(stream_, {pool_, authenticator_, events_, settings_, store_.get()});
    boost::asio::co_spawn(context, session.run(), [](const std::exception_ptr& error) {
      EXPECT_FALSE(error) << "the session threw";
    });
    context.run();
    const std::size_t selected = stream_.output.find('\n', stream_.output.find("\r\ny OK") + 2);
    return stream_.output.substr(selected + 1);
  }

  std::string say_pop3(const std::string& input) {
    pop3::ScriptedStream stream;
    stream.say("USER ann\r\nPASS secret\r\n" + input);
    boost::asio::io_context context;
    const pop3::Settings settings;
    pop3::Session session(stream, {pool_, authenticator_, events_, settings});
    boost::asio::co_spawn(context, session.run(), [](const std::exception_ptr& error) {
      EXPECT_FALSE(error) << "the session threw";
    });
    context.run();
    std::string output = stream.output;
    for (int line = 0; line < 3; ++line) output.erase(0, output.find('\n') + 1);
    return output;
  }

  // All that is said, one string for each message's answer and one for the rest.
  struct Said {
    std::vector<std::string> fetched;
    std::string searched;
    std::string sorted;
    std::vector<std::string> retrieved;
    std::string listed;
  };

  Said say_everything() {
    Said said;
    std::string fetch = say_imap(
        "f FETCH 1:* (UID RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE PREVIEW BINARY.SIZE[2] "
        "BINARY.PEEK[2] BODY.PEEK[HEADER] BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[1] "
        "BODY.PEEK[])\r\nn NOOP\r\n");
    for (int number = 1; number <= 4; ++number) {
      const std::string mark = number < 4 ? "* " + std::to_string(number) + " FETCH (" : "f OK";
      const std::size_t begin = fetch.find(mark);
      EXPECT_NE(begin, std::string::npos) << mark << fetch;
      if (number > 1) said.fetched.push_back(fetch.substr(0, begin));
      fetch.erase(0, begin);
    }
    EXPECT_THAT(fetch, HasSubstr("n OK"));
    said.searched = say_imap(
        "a SEARCH BODY text\r\nb SEARCH TEXT example\r\nc SEARCH SUBJECT \"ir\"\r\n"
        "d SEARCH NOT BODY missing\r\ne SEARCH SENTSINCE 1-Jan-2023\r\n"
        "f SEARCH OR SUBJECT first BODY third\r\n");
    said.sorted = say_imap(
        "a SORT (SUBJECT) UTF-8 ALL\r\nb SORT (DATE) UTF-8 ALL\r\nc SORT (SIZE) UTF-8 ALL\r\n"
        "d THREAD REFERENCES UTF-8 ALL\r\ne THREAD ORDEREDSUBJECT UTF-8 ALL\r\n");
    for (const char* number : {"1", "2", "3"}) {
      said.retrieved.push_back(
          say_pop3("RETR " + std::string(number) + "\r\nTOP " + number + " 1\r\nNOOP\r\n"));
    }
    said.listed = say_pop3("STAT\r\nLIST\r\nRETR 1\r\nRETR 2\r\nRETR 3\r\nQUIT\r\n");
    return said;
  }

  HandlingEvents events_;
};

TEST_F(MessageHandling, ALiteralThatBreaksOffIsFilledUp) {
  std::string large = "Subject: large\r\n\r\n";
  while (large.size() < 3'000'000) large += "One of the many lines of a large message.\r\n";
  std::vector<store::NewMessage> messages;
  messages.push_back({account().begin_upload(), {}, {1'700'000'000, 0}});
  messages.back().upload.write(large);
  ASSERT_TRUE(account().append("INBOX", std::move(messages)));
  execute({"DELETE FROM content WHERE id = 65536 + 2"});
  reopen({});
  const std::string said = say_imap("f FETCH 1 BODY.PEEK[]\r\nn NOOP\r\n");
  const std::string announced = '{' + std::to_string(large.size()) + "}\r\n";
  const std::size_t begin = said.find(announced);
  ASSERT_NE(begin, std::string::npos);
  EXPECT_THAT(said.substr(begin + announced.size() + large.size()), StartsWith(")\r\nf OK"));
  EXPECT_THAT(said, HasSubstr("\r\nn OK"));
  EXPECT_THAT(events_.failures, Contains("ann INBOX 1 FETCH"));
}

class EveryStage : public MessageHandling, public testing::WithParamInterface<Stage> {
 protected:
  // The lines of `text` with 2 taken out of their numbers, which is where the fault may show.
  static std::string without_second(std::string text) {
    for (const char* two : {" 2", "(2)"}) {
      for (std::size_t at = text.find(two); at != std::string::npos; at = text.find(two, at)) {
        text.erase(at, std::string_view(two).size());
      }
    }
    return text;
  }

  void expect_second_fetched(const std::string& response, const ReadFetch& faultless) {
    const auto read = read_fetch(response, Revision::rev1);
    ASSERT_TRUE(read) << read.error() << response;
    EXPECT_EQ(read->uid, 2U);
    EXPECT_EQ(read->size, faultless.size);
    ASSERT_TRUE(read->envelope && read->body && read->body_structure);
    if (GetParam().has_structure) {
      EXPECT_EQ(read->body_structure->basic_data, faultless.body_structure->basic_data);
      EXPECT_EQ(read->envelope->subject, std::string(kFailsAt));
    } else {
      EXPECT_EQ(read->body_structure->subtype, "octet-stream");
      const NString& leaf = read->sections.at("BODY[1]");
      if (leaf) {
        EXPECT_EQ(leaf->size(), read->body_structure->octets);
      }
    }
    EXPECT_EQ(read->body->basic_data, read->body_structure->basic_data);
    if (GetParam().has_octets) {
      EXPECT_EQ(read->sections.at("BODY[]"), faultless.sections.at("BODY[]"));
      EXPECT_EQ(read->sections.at("BODY[HEADER]"), faultless.sections.at("BODY[HEADER]"));
    } else {
      EXPECT_EQ(read->sections.at("BODY[]"), std::nullopt);
    }
  }
};

TEST_P(EveryStage, CostsTheMessageItsAnswerAndNothingElse) {
  const Stage& stage = GetParam();
  ASSERT_NO_FATAL_FAILURE(deliver_three({}));
  const Said faultless = say_everything();
  EXPECT_TRUE(events_.failures.empty());
  const auto whole = read_fetch(faultless.fetched.at(1), Revision::rev1);
  ASSERT_TRUE(whole) << whole.error();
  ASSERT_TRUE(store_->remove_account("ann"));
  ASSERT_TRUE(store_->create_account("ann", {}));

  ASSERT_NO_FATAL_FAILURE(deliver_three(stage.at_arrival));
  execute(stage.damage);
  reopen(stage.afterwards);
  const Said said = say_everything();
  ASSERT_EQ(said.fetched.size(), 3U);
  EXPECT_EQ(said.fetched[0], faultless.fetched[0]);
  EXPECT_EQ(said.fetched[2], faultless.fetched[2]);
  expect_second_fetched(said.fetched[1], *whole);

  EXPECT_EQ(without_second(said.searched), without_second(faultless.searched));
  EXPECT_EQ(without_second(said.sorted), without_second(faultless.sorted));
  EXPECT_THAT(said.sorted, Not(HasSubstr("SERVERBUG")));

  EXPECT_EQ(said.retrieved[0], faultless.retrieved[0]);
  EXPECT_EQ(said.retrieved[2], faultless.retrieved[2]);
  if (stage.has_octets) {
    EXPECT_EQ(said.retrieved[1], faultless.retrieved[1]);
    EXPECT_EQ(said.listed, faultless.listed);
  } else {
    EXPECT_THAT(said.retrieved[1], StartsWith("-ERR [SYS/TEMP]"));
    EXPECT_THAT(said.retrieved[1], HasSubstr("+OK Nothing done"));
    const std::size_t list = faultless.listed.find("\r\n.\r\n+OK") + 5;
    EXPECT_THAT(said.listed, StartsWith(faultless.listed.substr(0, list)));
  }
  EXPECT_EQ(events_.end_reason, "logout");

  if (stage.is_logged) {
    EXPECT_THAT(events_.failures, Contains("ann INBOX 2 FETCH"));
    if (!stage.has_octets) {
      EXPECT_THAT(events_.failures, Contains("ann INBOX 2 SEARCH"));
      EXPECT_THAT(events_.failures, Contains("ann INBOX 2 RETR"));
      EXPECT_THAT(events_.failures, Contains("ann INBOX 2 TOP"));
    }
  } else {
    EXPECT_THAT(events_.failures, testing::IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(MessageHandling, EveryStage, testing::ValuesIn(stages()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(MessageHandling, ASearchThatTakesTooLongOverEachMessageEndsAndIsLogged) {
  ASSERT_NO_FATAL_FAILURE(deliver_three({}));
  store::Parsing impatient;
  impatient.budget = 0ns;
  reopen(impatient);
  const std::string said = say_imap(
      "a SEARCH BODY text\r\nb SEARCH ALL\r\nc ESEARCH IN (personal) "
      "TEXT text\r\n");
  EXPECT_EQ(said,
            "* SEARCH\r\na OK SEARCH completed\r\n* SEARCH 1 2 3\r\nb OK SEARCH completed\r\n"
            "c OK ESEARCH completed\r\n");
  EXPECT_THAT(events_.failures, testing::ElementsAre("ann INBOX 1 SEARCH", "ann INBOX 2 SEARCH",
                                                     "ann INBOX 3 SEARCH", "ann INBOX 1 ESEARCH",
                                                     "ann INBOX 2 ESEARCH", "ann INBOX 3 ESEARCH"));
}

TEST_F(MessageHandling, TheLogIsToldOfAHundredMessagesOfASearch) {
  store::Parsing impatient;
  impatient.budget = 0ns;
  deliver("INBOX", 120);
  reopen(impatient);
  EXPECT_THAT(say_imap("a SEARCH BODY text\r\n"), HasSubstr("a OK"));
  EXPECT_EQ(events_.failures.size(), 100U);
}

TEST_F(MessageHandling, AMessageThatCannotBeReadIsNoPartOfANewOne) {
  ASSERT_NO_FATAL_FAILURE(deliver_three({}));
  execute({"DELETE FROM content WHERE id / 65536 = 2"});
  const std::string said = say_imap(
      "a APPEND Drafts CATENATE (URL \"/INBOX/;UID=2\" TEXT {6+}\r\nz NOOP)\r\n"
      "b APPEND Drafts CATENATE (URL \"/INBOX/;UID=1\" TEXT {6+}\r\nz NOOP)\r\n");
  EXPECT_THAT(said, StartsWith("a NO "));
  EXPECT_THAT(said, HasSubstr("\r\nb OK "));
  EXPECT_THAT(said, Not(HasSubstr("z ")));
  EXPECT_EQ(account().mailbox("Drafts")->messages, 1U);
}

}  // namespace
}  // namespace mailkeep::imap
