#include <random>

#include "mime/message_parser.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

using CursorTest = StoreTest;

TEST_F(CursorTest, WalksTheAskedUidsInOrder) {
  append_many("INBOX", 10);
  must(account_->expunge(id("INBOX"), range(4, 5)));
  UidSet asked = range(2, 6);
  asked.add(UidSet::Range{9, 400});
  for (Detail detail : {Detail::row, Detail::structure, Detail::header}) {
    std::vector<std::uint32_t> uids;
    for (const Fetched& message : fetch(id("INBOX"), asked, detail)) {
      uids.push_back(message.row.uid.value);
      const std::string text = test_message(static_cast<int>(message.row.uid.value));
      EXPECT_EQ(message.octets, text);
      EXPECT_EQ(message.header, text.substr(0, text.find("\r\n\r\n") + 4));
      EXPECT_EQ(message.structure, mime::serialize(mime::parse_message(text)));
    }
    EXPECT_EQ(uids, (std::vector<std::uint32_t>{2, 3, 6, 9, 10}));
  }
  EXPECT_TRUE(fetch(id("INBOX"), UidSet{}).empty());
  EXPECT_EQ(account_->messages(MailboxId{99}, everything(), Detail::row).error(),
            StoreError::no_such_mailbox);
}

TEST_F(CursorTest, TellsFlagsWithoutTheRest) {
  append_many("INBOX", 3);
  const FlagChange change{range(2, 2), FlagOperation::add, {flag::flagged, {}}, {}};
  const auto changed = account_->change_flags(id("INBOX"), {&change, 1});
  auto cursor = must(account_->messages(id("INBOX"), range(2, 9), Detail::flags));
  ASSERT_TRUE(cursor->next());
  EXPECT_EQ(cursor->row().uid, Uid{2});
  EXPECT_EQ(cursor->row().flags & flag::flagged, flag::flagged);
  EXPECT_EQ(cursor->row().modseq, changed.front()->modseq);
  ASSERT_TRUE(cursor->next());
  EXPECT_EQ(cursor->row().uid, Uid{3});
  EXPECT_EQ(cursor->row().flags & flag::flagged, 0U);
  EXPECT_FALSE(cursor->next());
}

TEST_F(CursorTest, ReadsAnyRange) {
  std::string text = "Subject: ranges\r\n\r\n";
  std::mt19937 random(1);
  for (int i = 0; i < 40'000; ++i) text += "line " + std::to_string(random()) + "\r\n";
  append("INBOX", text);
  auto cursor = must(account_->messages(id("INBOX"), everything(), Detail::row));
  ASSERT_TRUE(cursor->next());
  for (int i = 0; i < 300; ++i) {
    const std::uint64_t offset = random() % (text.size() + 100);
    const std::uint64_t length = i % 3 == 0 ? random() : random() % 3000;
    std::string out = "before ";
    cursor->read(offset, length, out);
    const std::string wanted =
        "before " + (offset < text.size() ? text.substr(offset, length) : std::string());
    ASSERT_TRUE(out == wanted) << offset << " " << length;
  }
}

TEST_F(CursorTest, SeesOneStateWhileOthersWrite) {
  append_many("INBOX", 4);
  auto cursor = must(account_->messages(id("INBOX"), everything(), Detail::header));
  ASSERT_TRUE(cursor->next());
  must(account_->expunge(id("INBOX"), everything()));
  append("INBOX", "later");
  int count = 1;
  for (; cursor->next(); ++count) {
    std::string octets;
    cursor->read(0, ~0ULL, octets);
    EXPECT_EQ(octets, test_message(count + 1));
  }
  EXPECT_EQ(count, 4);
}

TEST_F(CursorTest, MoreCursorsThanKeptReadersWork) {
  append_many("INBOX", 2);
  std::vector<std::unique_ptr<MessageCursor>> cursors;
  for (int i = 0; i < 12; ++i) {
    cursors.push_back(must(account_->messages(id("INBOX"), everything(), Detail::row)));
    EXPECT_TRUE(cursors.back()->next());
  }
  append("INBOX", "x");
  EXPECT_EQ(info("INBOX").messages, 3U);
}

TEST_F(CursorTest, OlderStructuresAreComputedAgainAndKept) {
  const std::string text = test_message(1);
  append("INBOX", text);
  const std::string wanted = mime::serialize(mime::parse_message(text));
  auto make_old = [&] {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute(
        "UPDATE message SET structure_version = 0, structure = x'00', sent_seconds = NULL;"
        "UPDATE header SET size = 3");
  };
  auto is_new = [&] {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    return database.integer(
               "SELECT count(*) FROM message WHERE structure_version > 0 AND sent_seconds > 0") ==
           1;
  };
  for (Detail detail : {Detail::row, Detail::structure}) {
    make_old();
    EXPECT_EQ(fetch(id("INBOX"), everything(), detail).at(0).structure, wanted);
    EXPECT_FALSE(is_new());
    store_->maintain();
    EXPECT_TRUE(is_new());
    EXPECT_EQ(fetch(id("INBOX")).at(0).header, text.substr(0, text.find("\r\n\r\n") + 4));
  }
  make_old();
  fetch(id("INBOX"));
  reopen();
  EXPECT_TRUE(is_new());
  expect_clean();
}

TEST_F(CursorTest, PreviewsAreKeptOnceTheyWereAskedFor) {
  reopen({.purge_after = std::chrono::seconds(0)});
  append("INBOX", "Subject: x\r\n\r\nHello, you.\r\n");
  append("INBOX", "Subject: y\r\n\r\nBye.\r\n");
  const auto preview = [&](std::uint32_t uid) {
    auto cursor = must(account_->messages(id("INBOX"), range(uid, uid), Detail::row));
    EXPECT_TRUE(cursor->next());
    return cursor->preview();
  };
  EXPECT_EQ(preview(1), "Hello, you.");
  store_->maintain();
  sqlite::Database database(account_file(), sqlite::Open::existing);
  EXPECT_EQ(database.integer("SELECT count(*) FROM preview"), 1);
  database.execute("UPDATE preview SET text = 'kept'");
  EXPECT_EQ(preview(1), "kept");
  // What older rules made is made again.
  database.execute("UPDATE preview SET version = version - 1");
  EXPECT_EQ(preview(1), "Hello, you.");
  store_->maintain();
  EXPECT_EQ(preview(1), "Hello, you.");
  must(account_->expunge(id("INBOX"), range(1, 1)));
  store_->maintain();
  EXPECT_EQ(database.integer("SELECT count(*) FROM preview"), 0);
  expect_clean();
}

TEST_F(CursorTest, DamagedContentThrowsForThatMessageOnly) {
  append_many("INBOX", 3);
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("DELETE FROM content WHERE id / 65536 = 2");
  }
  auto cursor = must(account_->messages(id("INBOX"), everything(), Detail::header));
  std::string octets;
  ASSERT_TRUE(cursor->next());
  cursor->read(0, ~0ULL, octets);
  ASSERT_TRUE(cursor->next());
  EXPECT_FALSE(cursor->header().empty());
  EXPECT_THROW(cursor->read(0, ~0ULL, octets), std::runtime_error);
  ASSERT_TRUE(cursor->next());
  octets.clear();
  cursor->read(0, ~0ULL, octets);
  EXPECT_EQ(octets, test_message(3));
}

}  // namespace
}  // namespace mailkeep::store
