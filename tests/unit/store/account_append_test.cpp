#include <sys/resource.h>

#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

using AppendTest = StoreTest;

// Octets that do not compress, the same for each seed.
std::string noise(std::size_t bytes, std::uint64_t seed = 1) {
  std::string octets(bytes, '\0');
  for (char& octet : octets) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    octet = static_cast<char>(seed >> 56);
  }
  return octets;
}

TEST_F(AppendTest, GivesBackTheSameOctets) {
  std::string text = test_message(1, 5000);
  Uid uid = append("INBOX", text, {flag::seen, {"$Work"}});
  EXPECT_EQ(uid, Uid{1});

  auto messages = fetch(id("INBOX"));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].octets, text);
  EXPECT_EQ(messages[0].header, text.substr(0, text.find("\r\n\r\n") + 4));
  EXPECT_EQ(messages[0].row.size, text.size());
  EXPECT_EQ(messages[0].row.flags, flag::seen | FlagBits{1} << kFirstKeywordBit);
  EXPECT_EQ(messages[0].row.internal_date, (InternalDate{1'700'000'000, 60}));
  MailboxInfo inbox = info("inbox");
  EXPECT_EQ(inbox.messages, 1U);
  EXPECT_EQ(inbox.unseen, 0U);
  EXPECT_EQ(inbox.size_bytes, text.size());
  EXPECT_EQ(inbox.uid_next, Uid{2});
  EXPECT_EQ(*inbox.keywords, std::vector<std::string>{"$Work"});
  expect_clean();
}

TEST_F(AppendTest, MessagesThatWereSetAsideHoldLittleMemory) {
  std::vector<NewMessage> messages;
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 4; ++i) {
    texts.push_back("Subject: x\r\n\r\n" + noise(i * 150'000, i + 1));
    messages.push_back({account_->begin_upload(), {}, {}});
    messages.back().upload.write(texts.back());
    messages.back().upload.set_aside();
    EXPECT_LT(messages.back().upload.held_bytes(), 70'000U);
  }
  ASSERT_TRUE(account_->append("INBOX", std::move(messages)));
  const auto kept = fetch(id("INBOX"));
  ASSERT_EQ(kept.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(kept[i].octets, texts[i]) << i;
  expect_clean();
}

TEST_F(AppendTest, AnyOctetsAreAMessage) {
  std::vector<std::string> odd = {
      "",
      "\r\n",
      "\n",
      "no header at all",
      "Subject: x\r\n",
      "Subject: x\n\nbody",
      "\r\n\r\nbody",
      std::string("a\0b\r\n\r\n\0", 8),
      noise(1000),
      "Subject: x\r\n\r\n" + noise(kContentFrameBytes),
      "Subject: x\r\n\r\n" + noise(kContentFrameBytes + 1),
      "Subject: x\r\n\r\n" + noise(3 * kContentFrameBytes - 1) + "end",
      noise(2 * kContentFrameBytes),
      std::string(700'000, '\n'),
      "X: " + std::string(700'000, 'x') + "\r\n\r\nbody",
      "X: " + std::string(3'000'000, 'x') + "\r\n\r\nbody",
      std::string(3'000'000, 'h'),
      noise(1'500'000, 9),
  };
  for (const std::string& text : odd) append("INBOX", text);
  auto messages = fetch(id("INBOX"));
  ASSERT_EQ(messages.size(), odd.size());
  for (std::size_t i = 0; i < odd.size(); ++i) {
    EXPECT_TRUE(messages[i].octets == odd[i]) << "message " << i;
    auto structure = mime::deserialize(messages[i].structure);
    ASSERT_TRUE(structure);
    EXPECT_EQ(structure->size, odd[i].size());
    EXPECT_TRUE(messages[i].header == odd[i].substr(0, structure->root().body_begin))
        << "message " << i;
  }
  expect_clean();
}

TEST_F(AppendTest, ArrivesInPiecesOfAnySize) {
  std::string text = "Subject: pieces\r\n\r\n" + noise(900'000);
  for (std::size_t piece : {1000U, 65'536U, 262'144U, 900'000U}) {
    MessageUpload upload = account_->begin_upload();
    for (std::size_t at = 0; at < text.size(); at += piece) {
      upload.write(std::string_view(text).substr(at, piece));
    }
    EXPECT_EQ(upload.size(), text.size());
    std::vector<NewMessage> messages;
    messages.push_back({std::move(upload), {}, {}});
    must(account_->append("INBOX", std::move(messages)));
  }
  for (const Fetched& message : fetch(id("INBOX"))) EXPECT_TRUE(message.octets == text);
}

TEST_F(AppendTest, SeveralMessagesAreOneChange) {
  append("INBOX", test_message(0));
  const MailboxInfo before = info("INBOX");
  std::vector<NewMessage> messages;
  for (int i = 1; i <= 3; ++i) messages.push_back(make_message(test_message(i)));
  AppendResult result = must(account_->append("INBOX", std::move(messages)));
  EXPECT_EQ(result.uids, range(2, 4));
  EXPECT_EQ(result.uid_validity, before.uid_validity);
  EXPECT_EQ(result.mailbox, before.id);
  EXPECT_EQ(info("INBOX").highest_modseq.value, before.highest_modseq.value + 1);
  EXPECT_EQ(info("INBOX").unseen, 4U);
}

TEST_F(AppendTest, ARefusedMessageRefusesAll) {
  reopen({.max_message_bytes = 2000});
  std::vector<NewMessage> messages;
  messages.push_back(make_message(test_message(1)));
  messages.push_back(make_message(std::string(2001, 'x')));
  EXPECT_EQ(account_->append("INBOX", std::move(messages)).error(), StoreError::message_too_big);
  EXPECT_EQ(info("INBOX").messages, 0U);
  append("INBOX", std::string(2000, 'x'));

  FlagSet many;
  for (unsigned i = 0; i <= kMaxKeywords; ++i) many.keywords.push_back("k" + std::to_string(i));
  messages.clear();
  messages.push_back(make_message(test_message(1), {0, {"first"}}));
  messages.push_back(make_message(test_message(2), many));
  EXPECT_EQ(account_->append("INBOX", std::move(messages)).error(), StoreError::too_many_keywords);
  EXPECT_EQ(info("INBOX").messages, 1U);
  EXPECT_TRUE(info("INBOX").keywords->empty());
  EXPECT_EQ(try_append("nowhere", "x").error(), StoreError::no_such_mailbox);
  expect_clean();
}

TEST_F(AppendTest, HoldsNoLongMessageInMemory) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer keeps what was freed.";
#endif
  auto peak_kibibytes = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  constexpr std::size_t kMebibytes = 64;
  const std::string block = noise(1 << 20);
  append("INBOX", noise(600'000));  // so that what is made once is made
  const long before = peak_kibibytes();
  MessageUpload upload = account_->begin_upload();
  upload.write("Subject: long\r\n\r\n");
  for (std::size_t i = 0; i < kMebibytes; ++i) upload.write(block);
  std::vector<NewMessage> messages;
  messages.push_back({std::move(upload), {}, {}});
  must(account_->append("INBOX", std::move(messages)));
  EXPECT_LT(peak_kibibytes() - before, 24 * 1024);

  auto cursor = must(account_->messages(id("INBOX"), range(2, 2), Detail::row));
  ASSERT_TRUE(cursor->next());
  std::string end;
  cursor->read(17 + (kMebibytes - 1) * block.size(), ~0ULL, end);
  EXPECT_TRUE(end == block);
}

TEST_F(AppendTest, QuotaBoundsOctetsAndMessages) {
  sqlite::Database database(account_file(), sqlite::Open::existing);
  database.execute("UPDATE account_state SET quota_bytes = 1000, quota_messages = 3");
  append("INBOX", std::string(600, 'x'));
  EXPECT_EQ(try_append("Sent", std::string(401, 'x')).error(), StoreError::over_quota);
  append("Sent", std::string(400, 'x'));
  database.execute("UPDATE account_state SET quota_bytes = NULL");
  append("Sent", std::string(400, 'x'));
  EXPECT_EQ(try_append("Sent", "x").error(), StoreError::over_quota);
}

TEST_F(AppendTest, UidsRunOut) {
  sqlite::Database database(account_file(), sqlite::Open::existing);
  database.execute("UPDATE mailbox SET uid_next = 4294967294 WHERE name = 'INBOX'");
  EXPECT_EQ(append("INBOX", "one"), Uid{0xfffffffeU});
  EXPECT_EQ(append("INBOX", "two"), Uid{0xffffffffU});
  EXPECT_EQ(try_append("INBOX", "three").error(), StoreError::uids_exhausted);
  EXPECT_EQ(must(account_->snapshot(id("INBOX"))).uids->last(), Uid{0xffffffffU});
  append("Sent", "three");
  EXPECT_EQ(account_->copy(id("Sent"), everything(), "INBOX").error(), StoreError::uids_exhausted);
}

}  // namespace
}  // namespace mailkeep::store
