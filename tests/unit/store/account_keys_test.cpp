// Sort keys, conversations, and how messages of an older schema come by them.
#include "mime/text/charset.h"
#include "store/message_keys.h"
#include "store/schema/schema.h"
#include "store/sort_table_cache.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class KeysTest : public StoreTest {
 protected:
  SortTable table(std::string_view mailbox, SortDetail detail = SortDetail::everything,
                  Comparator comparator = Comparator::unicode_casemap) {
    return must(account_->sort_keys(id(mailbox), everything(), detail, comparator));
  }
  ThreadId thread_of(std::uint32_t uid, std::string_view mailbox = "INBOX") {
    auto cursor = must(account_->messages(id(mailbox), range(uid, uid), Detail::row));
    EXPECT_TRUE(cursor->next());
    return cursor->thread();
  }
  Uid append_reply(const std::string& id, const std::string& references) {
    return append("INBOX", "Message-ID: <" + id + ">\r\n" +
                               (references.empty() ? "" : "References: " + references + "\r\n") +
                               "\r\nx");
  }

  // The account's file as the schema of that number had it.
  void make_old(std::size_t number = 1) {
    account_.reset();
    store_.reset();
    const auto file = directory_.path() / "accounts" / "1" / "mail.db";
    const auto old_file = directory_.path() / "old.db";
    {
      sqlite::Database old(old_file, sqlite::Open::create);
      migrate(old, account_schema().first(number), SchemaState::any);
      old.execute("ATTACH '" + file.string() + "' AS new");
      std::vector<std::string> statements;
      {
        // account_state comes last, since triggers count into it.
        sqlite::Query tables = old.query(
            "SELECT 'INSERT INTO main.' || t.name || ' SELECT ' || group_concat(c.name) || "
            "' FROM new.' || t.name FROM main.sqlite_schema t, pragma_table_info(t.name) c "
            "WHERE t.type = 'table' GROUP BY t.name ORDER BY t.name = 'account_state'");
        while (tables.step()) statements.emplace_back(tables.text(0));
      }
      for (const std::string& statement : statements) old.execute(statement);
      old.execute("DETACH new");
    }
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(file.string() + suffix);
      std::error_code none;
      std::filesystem::rename(old_file.string() + suffix, file.string() + suffix, none);
    }
  }
};

TEST_F(KeysTest, AreWhatSortAndThreadAskFor) {
  append(
      "INBOX",
      "Date: Mon, 2 Jan 2023 10:11:12 +0100\r\nFrom: =?utf-8?q?J=C3=B6rg?= <Joerg@Example.org>\r\n"
      "To: undisclosed: x@y.z;\r\nCc: Carl@c.d, b@c.d\r\nSubject: Re: [list] =?utf-8?q?Gr=C3=BC?="
      " fwd\r\nMessage-ID: <A@b>\r\nReferences: <r1@x>\r\n\t<\"r2\"@x> junk <r 3@x>\r\n"
      "In-Reply-To: <other@x>\r\n\r\nx");
  append("INBOX", "From: plain@host\r\nIn-Reply-To: \"text\" <p@q> <r@s>\r\n\r\nx");
  append("INBOX", "no header at all");
  const SortTable moved = table("INBOX");
  const auto& rows = moved.rows();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].uid, Uid{1});
  EXPECT_EQ(rows[0].sent, 1672650672);
  EXPECT_EQ(rows[0].arrival, 1'700'000'000);
  EXPECT_EQ(rows[0].from, "JOERG");
  EXPECT_EQ(rows[0].to, "UNDISCLOSED");
  EXPECT_EQ(rows[0].cc, "CARL");
  EXPECT_EQ(rows[0].display_from, mime::fold_case("J\xc3\xb6rg"));
  EXPECT_TRUE(rows[0].is_reply);
  EXPECT_EQ(rows[0].message_id, hash_message_id("A@b"));
  EXPECT_EQ(
      std::vector(rows[0].references.begin(), rows[0].references.end()),
      (std::vector{hash_message_id("r1@x"), hash_message_id("r2@x"), hash_message_id("r3@x")}));
  EXPECT_EQ(rows[1].sent, rows[1].arrival);
  EXPECT_EQ(rows[1].display_from, "PLAIN@HOST");
  EXPECT_EQ(rows[1].message_id, 0U);
  ASSERT_EQ(rows[1].references.size(), 1U);
  EXPECT_EQ(rows[1].references[0], hash_message_id("p@q"));
  EXPECT_EQ(rows[2].subject, "");
  EXPECT_TRUE(rows[2].references.empty());
  const SortTable dates = table("INBOX", SortDetail::dates);
  EXPECT_EQ(dates.rows()[0].sent, 1672650672);
  EXPECT_EQ(dates.rows()[2].size, 16U);
  EXPECT_EQ(
      account_
          ->sort_keys(MailboxId{99}, everything(), SortDetail::dates, Comparator::unicode_casemap)
          .error(),
      StoreError::no_such_mailbox);
  expect_clean();
}

TEST_F(KeysTest, LongTextsAndListsAreCut) {
  std::string octets = "Message-ID: <own@x>\r\nSubject: ";
  for (int i = 0; i < 2000; ++i) octets += "\xc3\xa4";
  octets += "\r\nReferences:";
  for (int i = 0; i < 300; ++i) octets += " <" + std::to_string(i) + "@x>\r\n";
  append("INBOX", octets + "\r\nx");
  const SortTable kept = table("INBOX");
  const SortKeys& keys = kept.rows()[0];
  EXPECT_EQ(keys.subject.size(), kMaxSortKeyBytes);
  ASSERT_EQ(keys.references.size(), kMaxReferences);
  EXPECT_EQ(keys.references.front(), hash_message_id("0@x"));
  EXPECT_EQ(keys.references[1], hash_message_id("201@x"));
  EXPECT_EQ(keys.references.back(), hash_message_id("299@x"));
  expect_clean();
}

// Sixty-four KiB of References are read, however many there are.
TEST_F(KeysTest, OnlySoMuchOfReferencesIsRead) {
  std::string octets = "Subject: x\r\nReferences: <first@x>";
  while (octets.size() < 70'000) octets += "\r\n <" + std::string(900, 'r') + "@x>";
  append("INBOX", octets + "\r\n <last@x>\r\n\r\nx");
  const SortTable kept = table("INBOX");
  const SortKeys& keys = kept.rows()[0];
  EXPECT_LT(keys.references.size(), kMaxReferences);
  EXPECT_EQ(keys.references.front(), hash_message_id("first@x"));
  EXPECT_NE(keys.references.back(), hash_message_id("last@x"));
}

TEST_F(KeysTest, TextsAreInTheFormOfTheComparator) {
  append("INBOX", "Subject: Re: b\xc3\xa4R\r\nFrom: Bert <bErt@x>\r\n\r\nx");
  const auto subject = [&](Comparator comparator) {
    const SortTable keys = table("INBOX", SortDetail::everything, comparator);
    EXPECT_TRUE(keys.rows()[0].is_reply);
    return std::string(keys.rows()[0].subject) + "|" + std::string(keys.rows()[0].from);
  };
  EXPECT_EQ(subject(Comparator::unicode_casemap), "BA\xcc\x88R|BERT");
  EXPECT_EQ(subject(Comparator::ascii_casemap), "B\xc3\xa4R|BERT");
  EXPECT_EQ(subject(Comparator::octet), "b\xc3\xa4R|bErt");
}

TEST_F(KeysTest, RepliesAreInTheConversationOfWhatTheyAnswer) {
  append_reply("a@x", "");
  append_reply("b@x", "<a@x>");
  append_reply("c@x", "<a@x> <b@x>");
  append_reply("other@x", "");
  append_reply("late@x", "<early@x>");
  append_reply("early@x", "");  // arrives after its answer
  append("INBOX", "no id");
  append("INBOX", "no id");
  EXPECT_EQ(thread_of(2), thread_of(1));
  EXPECT_EQ(thread_of(3), thread_of(1));
  EXPECT_NE(thread_of(4), thread_of(1));
  EXPECT_EQ(thread_of(5), thread_of(6));
  EXPECT_NE(thread_of(7), thread_of(8));
  must(account_->copy(id("INBOX"), range(3, 3), "Archive"));
  EXPECT_EQ(thread_of(1, "Archive"), thread_of(1));
  const ThreadId thread = thread_of(1);
  EXPECT_EQ(must(account_->search(id("INBOX"), {SearchThreadId{thread}})), range(1, 3));
  const MessageId copied = fetch(id("Archive")).at(0).row.message;
  EXPECT_EQ(must(account_->search(id("INBOX"), {SearchEmailId{copied}})), range(3, 3));
  expect_clean();
}

TEST_F(KeysTest, ConversationsAreForgottenWithTheirLastMessage) {
  reopen({.purge_after = std::chrono::seconds(0)});
  append_reply("a@x", "");
  append_reply("b@x", "<a@x>");
  append_reply("c@x", "");
  const ThreadId thread = thread_of(1);
  must(account_->expunge(id("INBOX"), range(1, 1)));
  store_->maintain();
  append_reply("d@x", "<a@x>");  // which b still names
  EXPECT_EQ(thread_of(4), thread);
  must(account_->expunge(id("INBOX"), everything()));
  append("INBOX", "x");
  store_->maintain();
  expect_clean();
  sqlite::Database database(account_file(), sqlite::Open::existing);
  EXPECT_EQ(database.integer("SELECT count(*) FROM thread_reference"), 0);
  EXPECT_EQ(database.integer("SELECT count(*) FROM message_key"), 1);
}

TEST_F(KeysTest, AnAccountOfTheFirstSchemaGetsEverything) {
  append_reply("a@x", "");
  append_reply("b@x", "<a@x>");
  append_many("Archive", 450);
  must(account_->expunge(id("Archive"), range(10, 20)));
  change(id("Archive"), {range(21, 22), FlagOperation::add, {flag::deleted, {}}, {}});
  const std::uint64_t deleted_bytes = info("Archive").deleted_bytes;
  EXPECT_GT(deleted_bytes, 0U);
  make_old();
  reopen();
  EXPECT_EQ(info("Archive").deleted_bytes, deleted_bytes);
  EXPECT_EQ(info("INBOX").object_id, "F1-1");
  const QuotaUsage usage = must(account_->quota()).usage;
  EXPECT_EQ(usage.messages, 441U);
  EXPECT_EQ(usage.mailboxes, 6U);
  EXPECT_EQ(usage.bytes, info("INBOX").size_bytes + info("Archive").size_bytes);
  append_reply("c@x", "<b@x>");  // before the others have keys
  EXPECT_EQ(thread_of(2), thread_of(1));
  EXPECT_EQ(thread_of(3), thread_of(1));
  EXPECT_EQ(table("Archive").rows().size(), 439U);
  EXPECT_EQ(table("Archive").rows()[4].subject, "MESSAGE 5");
  must(account_->create_mailbox("new"));
  EXPECT_EQ(must(account_->quota()).usage.mailboxes, 7U);
  expect_clean();
}

TEST_F(KeysTest, AnAccountOfTheSecondSchemaKeepsEverything) {
  append_reply("a@x", "");
  append_reply("b@x", "<a@x>");
  append_many("Archive", 30);
  must(account_->expunge(id("Archive"), range(10, 12)));
  change(id("Archive"), {range(21, 22), FlagOperation::add, {flag::deleted, {}}, {}});
  const AnnotationChange comment{"/shared/comment", "kept"};
  must(account_->annotate(id("INBOX"), {&comment, 1}));
  const MailboxInfo before = info("Archive");
  const QuotaUsage used = must(account_->quota()).usage;
  const ThreadId thread = thread_of(1);
  make_old(2);
  reopen();
  const MailboxInfo after = info("Archive");
  EXPECT_EQ(after.deleted_bytes, before.deleted_bytes);
  EXPECT_EQ(after.highest_modseq, before.highest_modseq);
  EXPECT_EQ(after.uid_next, before.uid_next);
  EXPECT_EQ(must(account_->quota()).usage.bytes, used.bytes);
  EXPECT_EQ(must(account_->quota()).usage.mailboxes, used.mailboxes);
  EXPECT_EQ(thread_of(2), thread);
  EXPECT_EQ(must(account_->annotations(id("INBOX"), {{comment.entry}, {}, {}})).entries.size(), 1U);
  must(account_->expunge_deleted(id("Archive"), everything()));
  EXPECT_EQ(info("Archive").deleted_bytes, 0U);
  EXPECT_LT(must(account_->quota()).usage.bytes, used.bytes);
  expect_clean();
}

TEST_F(KeysTest, OldMessagesGetTheirKeysInTheBackground) {
  append_many("INBOX", 450);
  make_old();
  reopen();
  sqlite::Database database(account_file(), sqlite::Open::existing);
  EXPECT_EQ(database.integer("SELECT count(*) FROM message_key"), 0);
  for (int i = 0; i < 4; ++i) store_->maintain();
  EXPECT_EQ(database.integer("SELECT count(*) FROM message_key"), 450);
  EXPECT_EQ(database.integer("SELECT keys_from FROM account_state"), 0);
  expect_clean();
}

TEST_F(KeysTest, KeptOnesFollowWhatComesAndGoes) {
  for (int i = 1; i <= 4; ++i) append_reply(std::to_string(i) + "@x", "<root@x>");
  const SortTable before = table("INBOX");
  must(account_->expunge(id("INBOX"), range(2, 2)));
  EXPECT_EQ(table("INBOX").rows().size(), 3U);
  append("INBOX", "Subject: new\r\nReferences: <1@x> <2@x>\r\n\r\nx");
  for (const SortDetail detail : {SortDetail::everything, SortDetail::dates}) {
    const SortTable after = table("INBOX", detail);
    ASSERT_EQ(after.rows().size(), 4U);
    EXPECT_EQ(after.rows()[1].uid, Uid{3});
    EXPECT_EQ(after.rows()[1].message_id, hash_message_id("3@x"));
    ASSERT_EQ(after.rows()[1].references.size(), 1U);
    EXPECT_EQ(after.rows()[1].references[0], hash_message_id("root@x"));
    EXPECT_EQ(after.rows()[3].subject, "NEW");
    EXPECT_EQ(after.rows()[3].references.size(), 2U);
  }
  const SortTable last = must(account_->sort_keys(id("INBOX"), range(4, 9), SortDetail::dates,
                                                  Comparator::unicode_casemap));
  ASSERT_EQ(last.rows().size(), 2U);
  EXPECT_EQ(last.rows()[0].uid, Uid{4});
  EXPECT_EQ(before.rows().size(), 4U);
  EXPECT_EQ(before.rows()[1].message_id, hash_message_id("2@x"));
  EXPECT_TRUE(table("Archive").rows().empty());
  EXPECT_EQ(table("INBOX").rows().size(), 4U);
}

TEST_F(KeysTest, FewOfManyAreReadWithoutTheOthers) {
  append_many("INBOX", 20);
  const SortTable few = must(account_->sort_keys(id("INBOX"), range(7, 8), SortDetail::dates,
                                                 Comparator::unicode_casemap));
  ASSERT_EQ(few.rows().size(), 2U);
  EXPECT_EQ(few.rows()[1].uid, Uid{8});
  EXPECT_EQ(table("INBOX").rows().size(), 20U);
}

TEST_F(KeysTest, AreForgottenWhenNobodySorts) {
  append_many("INBOX", 2);
  const int owners[2] = {};
  const int* const account = &owners[0];
  SortTableCache cache;
  cache.keep(account, MailboxId{1}, SortDetail::dates, table("INBOX"));
  EXPECT_FALSE(cache.find(account, MailboxId{2}, SortDetail::dates));
  EXPECT_FALSE(cache.find(&owners[1], MailboxId{1}, SortDetail::dates));
  EXPECT_FALSE(cache.find(account, MailboxId{1}, SortDetail::everything));
  ASSERT_TRUE(cache.find(account, MailboxId{1}, SortDetail::dates));
  const auto now = std::chrono::steady_clock::now();
  cache.expire(now);
  EXPECT_TRUE(cache.find(account, MailboxId{1}, SortDetail::dates));
  cache.expire(now + SortTableCache::kKeepFor + std::chrono::seconds(60));
  EXPECT_FALSE(cache.find(account, MailboxId{1}, SortDetail::dates));
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST_F(KeysTest, OfAllAccountsHaveOneLimit) {
  append_many("INBOX", 20);
  const SortTable kept = table("INBOX");
  ASSERT_GT(kept.bytes(), 20 * sizeof(SortKeys));
  SortTableCache cache(2 * kept.bytes() + kept.bytes() / 2);
  const int owners[4] = {};
  const auto keep = [&](std::size_t account) {
    cache.keep(&owners[account], MailboxId{1}, SortDetail::everything, kept);
  };
  const auto is_kept = [&](std::size_t account) {
    return cache.find(&owners[account], MailboxId{1}, SortDetail::dates).has_value();
  };
  keep(1);
  keep(2);
  keep(2);
  EXPECT_EQ(cache.bytes(), 2 * kept.bytes());
  EXPECT_TRUE(is_kept(1));
  keep(3);  // in place of what was asked for longest ago
  EXPECT_EQ(cache.bytes(), 2 * kept.bytes());
  EXPECT_TRUE(is_kept(1));
  EXPECT_FALSE(is_kept(2));
  EXPECT_TRUE(is_kept(3));
  cache.forget(&owners[1]);
  EXPECT_FALSE(is_kept(1));
  EXPECT_EQ(cache.bytes(), kept.bytes());
  // What is larger than all of it is not kept, and what was there of the account is old.
  SortTableCache small(kept.bytes() - 1);
  small.keep(&owners[1], MailboxId{1}, SortDetail::dates, table("Archive"));
  ASSERT_TRUE(small.find(&owners[1], MailboxId{1}, SortDetail::dates));
  small.keep(&owners[1], MailboxId{1}, SortDetail::everything, kept);
  EXPECT_FALSE(small.find(&owners[1], MailboxId{1}, SortDetail::dates));
  EXPECT_EQ(small.bytes(), 0U);
}

TEST_F(KeysTest, KeysOfOtherRulesAreMadeAgain) {
  append_reply("a@x", "");
  append_reply("b@x", "<a@x>");
  const ThreadId thread = thread_of(1);
  account_.reset();
  store_.reset();
  {
    sqlite::Database database(directory_.path() / "accounts/1/mail.db", sqlite::Open::existing);
    database.execute("UPDATE account_state SET keys_version = 0");
    database.execute("UPDATE message_key SET keys = x'00'");
    database.execute("UPDATE thread_reference SET uses = 0");
  }
  reopen();
  EXPECT_EQ(table("INBOX").rows()[1].references.size(), 1U);
  EXPECT_EQ(thread_of(2), thread);
  expect_clean();
}

TEST_F(KeysTest, ADamagedMessageIsSortedAsOneThatSaysNothing) {
  append("INBOX", "Subject: b\r\n\r\nx");
  append("INBOX", "Subject: a\r\n\r\nx");
  append("INBOX", "Subject: c\r\n\r\nx");
  account_.reset();
  store_.reset();
  {
    sqlite::Database database(directory_.path() / "accounts/1/mail.db", sqlite::Open::existing);
    database.execute("UPDATE account_state SET keys_version = 0");
    database.execute("UPDATE message SET structure_version = 0");
    database.execute("DELETE FROM message_key");
    database.execute("DELETE FROM content WHERE id / 65536 = 2");
  }
  reopen();
  const SortTable sorted = table("INBOX");
  ASSERT_EQ(sorted.rows().size(), 3U);
  EXPECT_EQ(sorted.rows()[0].subject, mime::fold_case("b"));
  EXPECT_EQ(sorted.rows()[1].subject, "");
  EXPECT_EQ(sorted.rows()[2].subject, mime::fold_case("c"));
}

}  // namespace
}  // namespace mailkeep::store
