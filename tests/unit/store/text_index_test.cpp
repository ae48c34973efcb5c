// The index of texts: whatever it knows, a search finds what a scan finds.
#include "store/text_index.h"

#include <array>
#include <fstream>
#include <random>

#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class TextIndexTest : public StoreTest {
 protected:
  TextIndexTest() : inbox_(id("INBOX")) {}

  std::filesystem::path index_file() const { return account_file().parent_path() / "text.db"; }
  std::int64_t indexed(const std::string& sql) {
    return sqlite::Database(index_file(), sqlite::Open::existing).integer(sql);
  }
  void index_all() {
    for (int i = 0; i < 20; ++i) store_->index_texts();
  }
  UidSet find(const std::string& needle, bool with_headers = true) {
    return must(account_->search(inbox_, {SearchText{with_headers, needle}}));
  }
  void append_numbered(int first, int last) {
    std::vector<NewMessage> messages;
    for (int i = first; i <= last; ++i) {
      messages.push_back(make_message("Subject: number" + std::to_string(i) + "x\r\n\r\nbody\r\n"));
    }
    must(account_->append("INBOX", std::move(messages)));
  }

  MailboxId inbox_;
};

std::string random_text(std::mt19937& random, std::size_t words) {
  static const std::vector<std::string> kWords{"invoice",
                                               "Invoices",
                                               "voice",
                                               "Stra\xc3\x9f"
                                               "e",
                                               "STRASSE",
                                               "\xe6\x97\xa5\xe6\x9c\xac",
                                               "a",
                                               "ab",
                                               "abc",
                                               "  ",
                                               "-",
                                               "re:",
                                               "\xc3\xa9t\xc3\xa9",
                                               "e\xcc\x81t",
                                               "=?",
                                               "x=3D"};
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    text += kWords[random() % kWords.size()];
    text += random() % 5 == 0 ? "\r\n" : random() % 3 == 0 ? "" : " ";
  }
  return text;
}

std::string header_text(std::mt19937& random) {
  std::string text = random_text(random, 4);
  std::erase(text, '\r');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string random_addresses(std::mt19937& random) {
  constexpr std::array<const char*, 10> kPieces = {
      "fr", "om", "\"\"", "\"invoice \\\"a\\\"\"", "(comment)", "@there", " <a@b>", ", ", ".", " "};
  std::string text;
  for (std::size_t i = random() % 8; i > 0; --i) text += kPieces[random() % kPieces.size()];
  return text;
}

std::string random_message(std::mt19937& random) {
  std::string octets = "Subject:" + header_text(random) + (random() % 2 == 0 ? " \r\n" : "\r\n");
  octets += "From: " + random_addresses(random) + "\r\nBcc:" + random_addresses(random) + "\r\n";
  octets += "X-Word: =?utf-8?q?" + std::string(random() % 2 == 0 ? "Stra=C3=9Fe" : "invoice") +
            "?= tail\r\n";
  switch (random() % 4) {
    case 0:
      return octets + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + random_text(random, 30);
    case 1:
      return octets +
             "Content-Type: text/plain; charset=iso-8859-1\r\n"
             "Content-Transfer-Encoding: quoted-printable\r\n\r\nStra=DFe =E9t=E9 in=\r\n"
             "voice " +
             random_text(random, 10);
    case 2:
      return octets +
             "Content-Type: text/plain; charset=utf-16le\r\n"
             "Content-Transfer-Encoding: base64\r\n\r\naQBuAHYAbwBpAGMAZQA=\r\n";
    default:
      return octets + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-Part: " +
             header_text(random) + "\r\n\r\n" + random_text(random, 10) +
             "\r\n--b\r\nContent-Type: image/png\r\n\r\nvoice\r\n--b--\r\n";
  }
}

TEST_F(TextIndexTest, AnswersAreThoseOfAScan) {
  std::mt19937 random(11);
  for (int i = 0; i < 120; ++i) append("INBOX", random_message(random));
  index_all();
  EXPECT_EQ(indexed("SELECT max(last_message) FROM segment"), 96);
  std::vector<std::string> needles{
      "",       "a",     "ab",    "\xe6\x97\xa5", "\xc3\x9f", "x-word: stra", "SUBJECT: ",
      "e tail", " \r\n", "voice", "from",         "om@there", "fr.om",        "oice \"a\""};
  for (int i = 0; i < 150; ++i) {
    std::string text = i % 3 == 0 ? header_text(random) : random_text(random, 6);
    const std::size_t begin = random() % std::max<std::size_t>(text.size(), 1);
    needles.push_back(text.substr(begin, 1 + random() % 12));
  }
  auto all_answers = [&] {
    std::vector<UidSet> answers;
    for (const std::string& needle : needles) {
      answers.push_back(find(needle));
      answers.push_back(find(needle, false));
      answers.push_back(must(account_->search(inbox_, {SearchHeader{"Subject", needle}})));
      for (const char* field : {"From", "Bcc"}) {
        answers.push_back(must(account_->search(inbox_, {SearchHeader{field, needle, {}, true}})));
      }
      for (const auto comparator : {Comparator::ascii_casemap, Comparator::octet}) {
        answers.push_back(must(account_->search(inbox_, {SearchText{true, needle, comparator}})));
      }
      auto inner = std::make_unique<SearchQuery>(SearchQuery{SearchText{true, needle}});
      answers.push_back(must(account_->search(inbox_, {SearchNot{std::move(inner)}})));
    }
    return answers;
  };
  const std::vector<UidSet> with_index = all_answers();
  reopen({.text_index = false});
  const std::vector<UidSet> without = all_answers();
  for (std::size_t i = 0; i < without.size(); ++i) {
    ASSERT_EQ(with_index[i], without[i]) << "needle \"" << needles[i / 8] << "\", " << i % 8;
  }
}

TEST_F(TextIndexTest, FieldsThatClientsSearchMostAreKnownApart) {
  append("INBOX", "Subject: a pelican\r\nFrom: Anna <a@b>\r\n\r\nx");
  append("INBOX", "subject : pelicans\r\nTo: pelican@b\r\nCc: Anna <a@b>\r\n\r\nx");
  for (int i = 0; i < 40; ++i) append("INBOX", "Subject: b\r\nX-Other: pelican\r\n\r\npelican");
  index_all();
  TextIndex index(index_file());
  auto candidates = [&](std::string_view folded, TextField field) {
    auto found = index.candidates(folded, field);
    return found ? found->messages : std::vector<std::int64_t>{};
  };
  EXPECT_EQ(candidates("PELICAN", TextField::any).size(), 32U);
  EXPECT_EQ(candidates("PELICAN", text_field("Subject")), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(candidates("PELICAN", text_field("TO")), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(candidates("ANNA", text_field("From")), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(candidates("ANNA", text_field("cc")), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(text_field("X-Other"), TextField::any);
  EXPECT_EQ(must(account_->search(inbox_, {SearchHeader{"subject", "pelican"}})), range(1, 2));
}

TEST_F(TextIndexTest, MessagesThatAreNotInItYetAreFound) {
  append_numbered(1, 31);
  index_all();
  EXPECT_FALSE(std::filesystem::exists(index_file()));
  append_numbered(32, 40);
  index_all();
  EXPECT_EQ(indexed("SELECT max(last_message) FROM segment"), 32);
  EXPECT_EQ(find("number4"), [] {
    UidSet set = range(4, 4);
    set.add(Uid{40});
    return set;
  }());
  EXPECT_EQ(find("number40x"), range(40, 40));
  EXPECT_EQ(find("number41x"), UidSet());
}

TEST_F(TextIndexTest, ADamagedMessageIsSkippedAndLookedIntoByEverySearch) {
  append_numbered(1, 32);
  const std::vector<std::string> damages = {
      "DELETE FROM content WHERE id / 65536 = 5",
      "UPDATE content SET codec = 1, data = x'00ff' WHERE id / 65536 = 9",
      "DELETE FROM header WHERE message_id = 17",
      "UPDATE message SET structure = x'ff' WHERE id = 20"};
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    for (const std::string& damage : damages) database.execute(damage);
  }
  reopen();
  index_all();
  EXPECT_EQ(indexed("SELECT max(last_message) FROM segment"), 32);
  std::vector<std::uint32_t> failed;
  const FailureSink sink = [&](Uid uid, std::string_view) { failed.push_back(uid.value); };
  const SearchQuery query{SearchText{true, "number20x"}};
  EXPECT_EQ(must(account_->search(inbox_, query, {}, sink)), range(20, 20));
  EXPECT_EQ(failed, (std::vector<std::uint32_t>{5, 9, 17}));
}

TEST_F(TextIndexTest, AMessageThatTakesTooLongIsSkippedAndLookedIntoByEverySearch) {
  append_numbered(1, 32);
  reopen({.parsing = {.make_parser = {}, .make_record = {}, .make_keys = {}, .budget = {}}});
  index_all();
  EXPECT_EQ(indexed("SELECT count(*) FROM posting"), 1);
  reopen();
  EXPECT_EQ(find("number7x"), range(7, 7));
}

TEST_F(TextIndexTest, ManySmallSegmentsBecomeABigOne) {
  for (int i = 0; i < 33; ++i) {
    append_numbered(i * 32 + 1, i * 32 + 32);
    if (i < 30) store_->index_texts();
  }
  index_all();
  EXPECT_EQ(indexed("SELECT last_message FROM segment WHERE is_big = 1"), 1024);
  EXPECT_EQ(indexed("SELECT max(last_message) FROM segment"), 1056);
  EXPECT_EQ(indexed("SELECT count(*) FROM segment"), 2);
  EXPECT_EQ(find("number1024x"), range(1024, 1024));
  EXPECT_EQ(find("number1030x"), range(1030, 1030));
}

TEST_F(TextIndexTest, AMessageWithAnythingInItIsFoundByLookingIntoIt) {
  std::mt19937 random(5);
  std::string octets = "Subject: noise\r\n\r\n";
  for (int i = 0; i < 200'000; ++i) {
    octets += static_cast<char>('!' + random() % 90);
    if (i % 70 == 0) octets += "\r\n";
  }
  append("INBOX", octets + "\r\nneedle");
  append_numbered(1, 40);
  index_all();
  EXPECT_EQ(indexed("SELECT count(*) FROM posting WHERE trigram = -1"), 1);
  EXPECT_EQ(find("needle"), range(1, 1));
  EXPECT_EQ(find("noneedle"), UidSet());
}

TEST_F(TextIndexTest, ADamagedOrMissingFileIsMadeAnew) {
  append_numbered(1, 64);
  index_all();
  reopen();
  std::ofstream(index_file(), std::ios::trunc) << "this is no database, but it is long enough";
  EXPECT_EQ(find("number7x"), range(7, 7));
  index_all();
  EXPECT_EQ(indexed("SELECT max(last_message) FROM segment"), 64);
  reopen();
  std::filesystem::remove(index_file());
  EXPECT_EQ(find("number7x"), range(7, 7));
  index_all();
  EXPECT_EQ(indexed("SELECT max(last_message) FROM segment"), 64);
}

TEST_F(TextIndexTest, AnIndexOfAnOlderVersionIsNotAskedUntilItIsUpToDate) {
  append_numbered(1, 64);
  index_all();
  reopen();
  sqlite::Database(index_file(), sqlite::Open::existing)
      .execute("DELETE FROM posting; PRAGMA user_version = 1");
  EXPECT_FALSE(TextIndex(index_file()).candidates("NUMBER", TextField::any));
  EXPECT_EQ(find("number7x"), range(7, 7));
  EXPECT_EQ(indexed("PRAGMA user_version"), 1);
  index_all();
  EXPECT_TRUE(TextIndex(index_file()).candidates("NUMBER", TextField::any));
  EXPECT_EQ(find("number7x"), range(7, 7));
}

TEST_F(TextIndexTest, AnIndexOfAnotherStateIsMadeAnew) {
  append_numbered(1, 64);
  index_all();
  reopen();
  sqlite::Database(index_file(), sqlite::Open::existing)
      .execute("UPDATE segment SET last_hash = x'00'; DELETE FROM posting");
  index_all();
  EXPECT_GT(indexed("SELECT count(*) FROM posting"), 0);
  EXPECT_EQ(find("number7x"), range(7, 7));
  // As after an older copy of the account was put in its place.
  sqlite::Database(index_file(), sqlite::Open::existing)
      .execute("UPDATE segment SET last_message = 1000 WHERE last_message = 64");
  reopen();
  index_all();
  EXPECT_EQ(indexed("SELECT max(last_message) FROM segment"), 64);
}

TEST_F(TextIndexTest, AnIndexOfMessagesThatAreGoneIsMadeAnew) {
  append_numbered(1, 64);
  index_all();
  reopen();
  sqlite::Database(index_file(), sqlite::Open::existing)
      .execute("UPDATE segment SET messages = 5000");
  index_all();
  EXPECT_EQ(indexed("SELECT sum(messages) FROM segment"), 64);
}

TEST_F(TextIndexTest, LongNeedlesAreAskedForByAPartOfTheirTrigrams) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word" + std::to_string(i * i) + " ";
  for (int i = 0; i < 40; ++i) append("INBOX", "Subject: x\r\n\r\n" + (i == 7 ? text : "y"));
  index_all();
  EXPECT_EQ(find(text.substr(20, 300)), range(8, 8));
  EXPECT_EQ(find(text.substr(20, 300) + "z"), UidSet());
}

TEST(TextSegment, IsFullBeforeItTakesTooMuchMemory) {
  std::vector<std::uint32_t> trigrams(TextSegment::kMaxTrigrams);
  TextSegment segment(1);
  std::int64_t message = 0;
  while (!segment.is_full()) segment.add(MessageId{++message}, "hash", trigrams);
  EXPECT_EQ(message, 32);
  EXPECT_EQ(segment.last(), 32);
  trigrams.push_back(1);
  segment.add(MessageId{33}, "hash", trigrams);
  EXPECT_EQ(segment.messages(), 33U);
}

TEST_F(TextIndexTest, TurnedOffThereIsNone) {
  reopen({.text_index = false});
  append_numbered(1, 64);
  index_all();
  EXPECT_FALSE(std::filesystem::exists(index_file()));
  EXPECT_EQ(find("number7x"), range(7, 7));
}

}  // namespace
}  // namespace mailkeep::store
