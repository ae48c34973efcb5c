#include "store/structure_maker.h"

#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <time.h>

#include "mime/message_parser.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

using namespace std::chrono_literals;

enum class Fault { none, in_feed, in_finish, slow_feed, slow_finish };

void use_processor(std::chrono::milliseconds duration) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  for (const auto end = now() + duration; now() < end;) continue;
}

// Fails at messages that hold "poison".
class FaultyParser : public StructureParser {
 public:
  explicit FaultyParser(Fault fault) : fault_(fault) {}
  void feed(std::string_view octets) override {
    if (octets.find("poison") != std::string_view::npos) poisoned_ = true;
    if (poisoned_ && fault_ == Fault::in_feed) throw std::runtime_error("a mistake of ours");
    if (poisoned_ && fault_ == Fault::slow_feed) use_processor(30ms);
    parser_.feed(octets);
  }
  mime::Structure finish() override {
    if (poisoned_ && fault_ == Fault::in_finish) throw std::logic_error("another");
    if (poisoned_ && fault_ == Fault::slow_finish) use_processor(30ms);
    return parser_.finish();
  }

 private:
  Fault fault_;
  bool poisoned_ = false;
  mime::MessageParser parser_;
};

StoreOptions options_with(Fault fault) {
  StoreOptions options;
  options.parsing.make_parser = [fault] { return std::make_unique<FaultyParser>(fault); };
  const bool slow = fault == Fault::slow_feed || fault == Fault::slow_finish;
  options.parsing.budget = slow ? std::chrono::nanoseconds(10ms) : 20s;
  return options;
}

constexpr std::string_view kPoison =
    "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\npoison\r\n--b--\r\n";

TEST(StructureMaker, GivesWhatTheParserGives) {
  StructureMaker maker;
  maker.feed(kPoison.substr(0, 20));
  maker.feed(kPoison.substr(20));
  EXPECT_EQ(mime::serialize(maker.finish()), mime::serialize(mime::parse_message(kPoison)));
}

TEST(StructureMaker, GivesOneOpaqueLeafBehindTheHeaderWhereTheParserFails) {
  for (const Fault fault :
       {Fault::in_feed, Fault::in_finish, Fault::slow_feed, Fault::slow_finish}) {
    const StoreOptions options = options_with(fault);
    const std::string_view text = "A: b\nC: d\r\nE: poison\r\n\r\npoison\r\n\r\n";
    for (const std::size_t cut : {0, 7, 11, 23, 25}) {
      StructureMaker maker(options.parsing);
      maker.feed(text.substr(0, cut));
      maker.feed(text.substr(cut));
      const mime::Structure structure = maker.finish();
      ASSERT_EQ(structure.parts.size(), 1U);
      EXPECT_EQ(structure.root().subtype, "octet-stream");
      EXPECT_EQ(structure.root().body_begin, text.size() - 10);
      EXPECT_EQ(structure.root().body_end, text.size());
      const bool slow = fault == Fault::slow_feed || fault == Fault::slow_finish;
      EXPECT_EQ(structure.defects.at(0).kind,
                slow ? mime::DefectKind::time_limit : mime::DefectKind::handling_failed);
    }
  }
}

TEST(StructureMaker, FindsTheEndOfTheHeaderWhereverItIs) {
  const StoreOptions options = options_with(Fault::in_finish);
  const auto header_octets = [&](std::string text) {
    StructureMaker maker(options.parsing);
    text += "poison";
    maker.feed(text);
    return maker.finish().root().body_begin;
  };
  EXPECT_EQ(header_octets("\r\n"), 2U);
  EXPECT_EQ(header_octets("\n"), 1U);
  EXPECT_EQ(header_octets("A: b\r\n\r\n"), 8U);
  EXPECT_EQ(header_octets("A: b\n\n"), 6U);
  EXPECT_EQ(header_octets("A: b\n\r\n"), 7U);
  EXPECT_EQ(header_octets("A: b\r\n\rx\r\n"), 16U);  // no blank line: all of it
}

TEST(StructureMaker, AParserThatCannotBeMadeIsAFailureToo) {
  Parsing parsing;
  parsing.make_parser = []() -> std::unique_ptr<StructureParser> { throw std::bad_alloc(); };
  StructureMaker maker(parsing);
  maker.feed("A: b\r\n\r\nhi");
  EXPECT_EQ(maker.finish().defects.at(0).kind, mime::DefectKind::handling_failed);
}

TEST(StructureMaker, AStructureThatCannotBeKeptIsAnOpaqueOne) {
  Parsing parsing;
  int calls = 0;
  parsing.make_record = [&](const mime::Structure&) -> StructureRecord {
    ++calls;
    throw std::bad_alloc();
  };
  parsing.make_keys = [](const mime::Structure&, std::string_view) -> MessageKeys {
    throw std::logic_error("another");
  };
  mime::Structure structure = mime::parse_message(kPoison);
  const auto header = structure.root().body_begin;
  const StructureRecord record = StructureMaker::record_of(structure, parsing);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(record.serialized, mime::serialize(structure));
  EXPECT_EQ(record.header_size, header);
  EXPECT_TRUE(record.defects.contains(mime::DefectKind::handling_failed));
  const MessageKeys keys = StructureMaker::keys_of(structure, "Message-ID: <a@b>\r\n", parsing);
  EXPECT_EQ(keys.message_id, 0U);
  EXPECT_FALSE(keys.packed.empty());
}

class FaultTest : public StoreTest {
 protected:
  mime::Structure structure(std::size_t index) {
    return *mime::deserialize(fetch(id("INBOX")).at(index).structure);
  }
};

TEST_F(FaultTest, AMessageThatCannotBeTakenApartComesInAndIsKeptAsItCame) {
  for (const Fault fault :
       {Fault::in_feed, Fault::in_finish, Fault::slow_feed, Fault::slow_finish}) {
    reopen(options_with(fault));
    std::vector<NewMessage> messages;
    messages.push_back(make_message(test_message(1)));
    messages.push_back(make_message(kPoison));
    messages.push_back(make_message(test_message(2)));
    const AppendResult result = must(account_->append("INBOX", std::move(messages)));
    ASSERT_EQ(result.defective.size(), 1U);
    const std::uint32_t uid = result.defective[0].first.value;
    const auto kept = fetch(id("INBOX"), range(uid, uid));
    EXPECT_EQ(kept.at(0).octets, kPoison);
    EXPECT_EQ(kept.at(0).header, kPoison.substr(0, kPoison.find("\r\n\r\n") + 4));
    EXPECT_EQ(mime::deserialize(kept.at(0).structure)->parts.size(), 1U);
    expect_clean();
  }
}

TEST_F(FaultTest, ANewerParserHealsMessagesThatWereDelivered) {
  reopen(options_with(Fault::in_finish));
  append("INBOX", kPoison);
  EXPECT_EQ(structure(0).parts.size(), 1U);
  reopen();
  EXPECT_EQ(structure(0).parts.size(), 1U);  // kept, by this version
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("UPDATE message SET structure_version = structure_version - 1");
  }
  EXPECT_EQ(structure(0).parts.size(), 2U);
  EXPECT_TRUE(structure(0).defects.empty());
}

TEST_F(FaultTest, AMessageThatCannotBeTakenApartAgainFallsBackAlone) {
  append("INBOX", test_message(1));
  append("INBOX", kPoison);
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("UPDATE message SET structure_version = 0");
  }
  reopen(options_with(Fault::in_feed));
  EXPECT_TRUE(structure(0).defects.empty());
  EXPECT_EQ(structure(1).defects.at(0).kind, mime::DefectKind::handling_failed);
}

TEST_F(FaultTest, SearchGoesOnBehindAMessageThatFails) {
  append("INBOX", "Subject: x\r\n\r\nthe word\r\n");
  append("INBOX", "Subject: x\r\n\r\npoison and the word\r\n");
  append("INBOX", "Subject: x\r\n\r\nthe word\r\n");
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("UPDATE message SET structure_version = 0");
  }
  reopen(options_with(Fault::in_feed));
  const SearchQuery query{SearchText{false, "the word"}};
  std::vector<std::string> failures;
  const FailureSink sink = [&](Uid uid, std::string_view what) {
    failures.push_back(std::to_string(uid.value) + ' ' + std::string(what));
  };
  EXPECT_EQ(must(account_->search(id("INBOX"), query)).size(), 2U);
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("DELETE FROM content WHERE id / 65536 = 1");
  }
  EXPECT_EQ(must(account_->search(id("INBOX"), query, {}, sink)).size(), 1U);
  EXPECT_EQ(failures, (std::vector<std::string>{"1 The content of message 1 is missing."}));
}

}  // namespace
}  // namespace mailkeep::store
