// Faults injected at every stage of a FETCH cost one message its answer, and nothing else.
#include <gmock/gmock.h>

#include "fetch_check.h"
#include "fetch_grammar.h"
#include "memory_cursor.h"
#include "protocol/imap/fetch/message_renderer.h"
#include "tests/unit/protocol/imap/commands/dialog.h"
#include "tests/unit/protocol/pop3/faulty_account.h"

namespace mailkeep::imap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RecordingEvents : public protocol::SessionEvents {
 public:
  void command_failed(std::string_view, std::string_view, std::string_view account,
                      std::string_view mailbox, std::uint32_t uid, std::string_view command,
                      std::string_view) override {
    failures.push_back(std::string(account) + ' ' + std::string(mailbox) + ' ' +
                       std::to_string(uid) + ' ' + std::string(command));
  }
  void message_has_defects(std::string_view, std::string_view account, std::string_view mailbox,
                           std::uint32_t uid, std::string_view kinds) override {
    defects.push_back(std::string(account) + ' ' + std::string(mailbox) + ' ' +
                      std::to_string(uid) + ' ' + std::string(kinds));
  }
  void session_ended(std::string_view, std::string_view, std::string_view,
                     std::string_view) override {}
  std::vector<std::string> failures;
  std::vector<std::string> defects;
};

class MessageFaults : public DialogTest {
 protected:
  MessageFaults() {
    deliver("INBOX", 3);
    auto faulty = std::make_shared<pop3::FaultyAccount>(authenticator_.account);
    faulty_ = faulty.get();
    authenticator_.account = std::move(faulty);
  }

  // All responses of a FETCH over all three messages, each whole and valid; then the session is
  // still there.
  std::vector<ReadFetch> fetch(const std::string& items) {
    stream_.input.assign({"x LOGIN ann secret\r\n", "y SELECT INBOX\r\n",
                          "z FETCH 1:* " + items + "\r\n", "n NOOP\r\n"});
    stream_.output.clear();
    events_.failures.clear();
    boost::asio::io_context context;
    Session session(stream_, {pool_, authenticator_, events_, settings_});
    boost::asio::co_spawn(context, session.run(), [](const std::exception_ptr& error) {
      EXPECT_FALSE(error) << "the session threw";
    });
    context.run();
    std::string_view out = stream_.output;
    EXPECT_THAT(out, HasSubstr("z OK"));
    EXPECT_THAT(out, HasSubstr("n OK"));
    std::vector<ReadFetch> responses;
    for (int number = 1; number <= 3; ++number) {
      const std::size_t begin = out.find("* " + std::to_string(number) + " FETCH (");
      if (begin == std::string_view::npos) {
        ADD_FAILURE() << "no response for " << number;
        return responses;
      }
      out.remove_prefix(begin);
      const std::size_t next =
          std::min(out.find("* " + std::to_string(number + 1) + " FETCH ("), out.find("z OK"));
      auto read = read_fetch(out.substr(0, next), Revision::rev1);
      EXPECT_TRUE(read) << read.error();
      responses.push_back(read ? std::move(*read) : ReadFetch());
    }
    return responses;
  }

  RecordingEvents events_;
  pop3::FaultyAccount* faulty_;
};

constexpr const char* kAll = "(UID RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[1])";

TEST_F(MessageFaults, AStructureThatCannotBeHadIsOneOpaqueLeafOfTheRightSize) {
  for (const bool throws : {true, false}) {
    (throws ? faulty_->fail_structures_of : faulty_->damage_structures_of) = {2};
    const auto responses = fetch(kAll);
    ASSERT_EQ(responses.size(), 3U);
    for (const std::size_t sound : {0, 2}) {
      EXPECT_EQ(responses[sound].body_structure->type, "text");
      EXPECT_EQ(responses[sound].envelope->subject, "x");
    }
    const ReadFetch& answered = responses[1];
    EXPECT_EQ(answered.uid, 2U);
    EXPECT_EQ(answered.body_structure->subtype, "octet-stream");
    EXPECT_EQ(answered.body_structure->octets, 4U);
    EXPECT_EQ(answered.sections.at("BODY[1]"), "hi\r\n");  // still reachable
    EXPECT_THAT(events_.failures, ElementsAre("ann INBOX 2 FETCH"));
  }
}

TEST_F(MessageFaults, AHeaderThatCannotBeHadLeavesTheWholeMessageInTheLeaf) {
  faulty_->fail_structures_of = {2};
  faulty_->fail_headers_of = {2};
  const auto responses = fetch("(BODYSTRUCTURE BODY.PEEK[] BODY.PEEK[HEADER])");
  EXPECT_EQ(responses[1].body_structure->octets, 18U);
  EXPECT_EQ(responses[1].sections.at("BODY[]")->size(), 18U);
  EXPECT_EQ(responses[1].sections.at("BODY[HEADER]"), std::nullopt);
  EXPECT_TRUE(responses[2].sections.at("BODY[HEADER]"));
}

TEST_F(MessageFaults, OctetsThatCannotBeReadAreNilAndTheRestStands) {
  faulty_->fail_reads_of = {2};
  const auto responses = fetch(kAll);
  EXPECT_EQ(responses[1].body_structure->type, "text");
  EXPECT_EQ(responses[1].envelope->subject, "x");
  EXPECT_EQ(responses[1].sections.at("BODY[1]"), std::nullopt);
  EXPECT_EQ(responses[0].sections.at("BODY[1]"), "hi\r\n");
  EXPECT_EQ(responses[2].sections.at("BODY[1]"), "hi\r\n");
  EXPECT_THAT(events_.failures, ElementsAre("ann INBOX 2 FETCH"));
}

// Rendering, which no store is needed for.
ReadFetch render(const std::string& items_text, StructureWriters writers, std::string& failure,
                 std::chrono::nanoseconds budget = store::kMessageBudget) {
  static const std::string kMessage =
      "From: a@b\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\n\r\nhello\r\n--b--\r\n";
  Decoder decoder(items_text);
  const auto items = parse_fetch_items(decoder);
  const MailboxView view = one_message_view();
  MessageRenderer renderer(
      *items, view, [&](store::Uid, std::string_view what) { failure = what; }, std::move(writers),
      budget);
  MemoryCursor cursor(kMessage);
  cursor.next();
  std::string out;
  std::vector<LargeLiteral> large;
  renderer.render(cursor, false, out, large);
  auto read = read_fetch(out, Revision::rev1);
  EXPECT_TRUE(read) << read.error() << out;
  return read ? std::move(*read) : ReadFetch();
}

TEST(RenderingFaults, AnEnvelopeThatCannotBeWrittenIsAllNil) {
  StructureWriters writers;
  writers.envelope = [](Encoder& out, const mime::Envelope&) {
    out.raw("(\"half");
    throw std::runtime_error("a mistake of ours");
  };
  std::string failure;
  const ReadFetch read = render("(ENVELOPE BODYSTRUCTURE BODY.PEEK[1])", writers, failure);
  EXPECT_EQ(failure, "a mistake of ours");
  EXPECT_EQ(read.envelope->subject, std::nullopt);
  EXPECT_TRUE(read.envelope->from.empty());
  EXPECT_EQ(read.body_structure->type, "multipart");
  EXPECT_EQ(read.sections.at("BODY[1]"), "hello");
}

TEST(RenderingFaults, AStructureThatCannotBeWrittenIsOneLeafThatTheRestAgreesWith) {
  StructureWriters writers;
  writers.body_structure = [](Encoder& out, const mime::Structure&, bool) {
    out.raw("((((");
    throw std::bad_alloc();
  };
  std::string failure;
  const ReadFetch read = render("(ENVELOPE BODY BODYSTRUCTURE BODY.PEEK[1])", writers, failure);
  EXPECT_FALSE(failure.empty());
  EXPECT_EQ(read.envelope->subject, "x");
  EXPECT_EQ(read.body->subtype, "octet-stream");
  EXPECT_EQ(read.body_structure->subtype, "octet-stream");
  EXPECT_EQ(read.body_structure->octets, read.sections.at("BODY[1]")->size());
}

void use_processor(std::chrono::nanoseconds duration) {
  for (const auto end = store::processor_time() + duration; store::processor_time() < end;)
    continue;
}

TEST(RenderingFaults, WhatTakesTooLongIsAnsweredAsWhatFails) {
  using namespace std::chrono_literals;
  StructureWriters writers;
  writers.body_structure = [](Encoder& out, const mime::Structure& structure, bool extended) {
    use_processor(60ms);
    write_body_structure(out, structure, extended);
  };
  std::string failure;
  const ReadFetch read = render(
      "(ENVELOPE BODY BODYSTRUCTURE PREVIEW BINARY.SIZE[1] BINARY[1] BODY.PEEK[1] "
      "BODY.PEEK[HEADER.FIELDS (From)] BODY.PEEK[HEADER] BODY.PEEK[])",
      writers, failure, 20ms);
  EXPECT_EQ(failure, "the message took too long");
  EXPECT_EQ(read.envelope->subject, "x");  // came before
  EXPECT_EQ(read.body->subtype, "octet-stream");
  EXPECT_EQ(read.body_structure->octets, read.sections.at("BODY[1]")->size());
  EXPECT_EQ(read.sections.at("PREVIEW"), "");
  EXPECT_EQ(read.sections.at("BINARY.SIZE[1]"), "0");
  EXPECT_EQ(read.sections.at("BINARY[1]"), std::nullopt);
  EXPECT_EQ(read.sections.at("BODY[HEADER.FIELDS (From)]"), std::nullopt);
  // Octets as they are kept take no time to speak of.
  EXPECT_TRUE(read.sections.at("BODY[HEADER]")->starts_with("From: a@b\r\n"));
  EXPECT_TRUE(read.sections.at("BODY[]")->ends_with("\r\n\r\n--b\r\n\r\nhello\r\n--b--\r\n"));
}

TEST(RenderingFaults, WithoutAnyTimeAResponseIsValidStill) {
  std::string failure;
  const ReadFetch read = render("(ENVELOPE BODYSTRUCTURE PREVIEW BINARY[1] BODY.PEEK[])", {},
                                failure, std::chrono::nanoseconds(0));
  EXPECT_FALSE(failure.empty());
  EXPECT_EQ(read.envelope->subject, std::nullopt);
  EXPECT_EQ(read.body_structure->subtype, "octet-stream");
  EXPECT_TRUE(read.sections.at("BODY[]"));
}

TEST_F(MessageFaults, AppendTellsOfDefectsAndOfNothingElse) {
  const auto append = [](const std::string& message) {
    return "a APPEND Drafts {" + std::to_string(message.size()) + "+}\r\n" + message + "\r\n";
  };
  stream_.input.assign({"x LOGIN ann secret\r\n", append("Subject: x\r\n\r\nhi\r\n"),
                        append("Subject: secret\r\n\r\nsecret\nbare\r\n")});
  boost::asio::io_context context;
  Session session(stream_, {pool_, authenticator_, events_, settings_});
  boost::asio::co_spawn(context, session.run(), [](const std::exception_ptr&) {});
  context.run();
  EXPECT_THAT(events_.defects, ElementsAre("ann Drafts 2 bare_lf"));
}

}  // namespace
}  // namespace mailkeep::imap
