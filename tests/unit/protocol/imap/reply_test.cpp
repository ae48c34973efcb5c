#include "protocol/imap/reply.h"

#include <gtest/gtest.h>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

using store::StoreError;

TEST(Reply, every_store_error_has_a_code_and_a_sentence) {
  for (int i = 0; i <= static_cast<int>(StoreError::same_mailbox); ++i) {
    const Reply reply = Reply::refused(static_cast<StoreError>(i));
    EXPECT_EQ(reply.kind, Reply::Kind::no);
    EXPECT_TRUE(all_are(reply.code, character::atom)) << i;
    EXPECT_NE(reply.code, "SERVERBUG") << i;
    EXPECT_EQ(reply.text, store::describe(static_cast<StoreError>(i)));
    EXPECT_TRUE(all_are(reply.text, character::quoted | character::escaped)) << i;
  }
}

TEST(Reply, tells_codes_that_clients_act_on) {
  EXPECT_EQ(Reply::refused(StoreError::no_such_mailbox).code, "NONEXISTENT");
  EXPECT_EQ(Reply::refused(StoreError::mailbox_exists).code, "ALREADYEXISTS");
  EXPECT_EQ(Reply::refused(StoreError::over_quota).code, "OVERQUOTA");
  EXPECT_EQ(Reply::refused(StoreError::too_many_mailboxes).code, "LIMIT");
  EXPECT_EQ(Reply::refused(StoreError::cannot_change_inbox).code, "CANNOT");
  EXPECT_EQ(Reply::refused(StoreError::message_gone).code, "EXPUNGEISSUED");
  EXPECT_EQ(Reply::refused(StoreError::message_too_big).code, "TOOBIG");
}

TEST(Reply, a_missing_destination_may_be_created) {
  EXPECT_EQ(Reply::refused_destination(StoreError::no_such_mailbox).code, "TRYCREATE");
  EXPECT_EQ(Reply::refused_destination(StoreError::over_quota).code, "OVERQUOTA");
}

TEST(Reply, a_syntax_error_says_where) {
  const Reply reply = Reply::bad(SyntaxError{4, "expected an atom"});
  EXPECT_EQ(reply.kind, Reply::Kind::bad);
  EXPECT_EQ(reply.text, "expected an atom, at octet 5");
  EXPECT_EQ(Reply::bad(SyntaxError{}).text, "syntax error, at octet 1");
}

}  // namespace
}  // namespace mailkeep::imap
