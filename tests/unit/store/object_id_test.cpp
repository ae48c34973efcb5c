#include "store/object_id.h"

#include <set>

#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

TEST(ObjectId, IsReadBackOnlyForItsAccount) {
  const AccountId account{12};
  EXPECT_EQ(object_id(account, MailboxId{3}), "F12-3");
  EXPECT_EQ(message_of(account, object_id(account, MessageId{45})), MessageId{45});
  EXPECT_EQ(thread_of(account, object_id(account, ThreadId{6})), ThreadId{6});
  EXPECT_EQ(message_of(AccountId{1}, object_id(account, MessageId{45})), std::nullopt);
  EXPECT_EQ(message_of(account, object_id(account, ThreadId{45})), std::nullopt);
  for (const char* text : {"", "M", "M12", "M12-", "M12-x", "M12-045", "M12-4 ", "M12--4",
                           "M12-99999999999999999999"}) {
    EXPECT_EQ(message_of(account, text), std::nullopt) << text;
  }
}

class ObjectIdTest : public StoreTest {};

TEST_F(ObjectIdTest, MailboxesKeepTheirsAndNobodyElseGetsIt) {
  must(account_->create_mailbox("a/b"));
  const std::string before = info("a/b").object_id;
  must(account_->rename_mailbox("a", "c"));
  EXPECT_EQ(info("c/b").object_id, before);
  must(account_->delete_mailbox("c/b"));
  must(account_->create_mailbox("c/b"));
  EXPECT_NE(info("c/b").object_id, before);
  std::set<std::string> all;
  for (const MailboxInfo& mailbox : must(account_->mailboxes())) all.insert(mailbox.object_id);
  EXPECT_EQ(all.size(), 8U);
}

TEST_F(ObjectIdTest, CopiesHaveTheSameMessage) {
  append("INBOX", test_message(1));
  append("INBOX", test_message(1));
  must(account_->copy(id("INBOX"), range(1, 1), "Archive"));
  must(account_->move(id("INBOX"), range(1, 1), "Trash"));
  const MessageId copy = fetch(id("Archive")).at(0).row.message;
  EXPECT_EQ(copy, fetch(id("Trash")).at(0).row.message);
  EXPECT_NE(copy, fetch(id("INBOX")).at(0).row.message);
}

}  // namespace
}  // namespace mailkeep::store
