#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

using AppendTest = StoreTest;

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

}  // namespace
}  // namespace mailkeep::store
