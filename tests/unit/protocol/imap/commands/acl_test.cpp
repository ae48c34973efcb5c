// Mailboxes of others (RFC 4314): who sees what, and what each command may do there.
#include "protocol/imap/commands/acl.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

constexpr const char* kNone = "a NO [NONEXISTENT] There is no such mailbox.\r\n";

class SharedMailboxes : public DialogTest {
 protected:
  SharedMailboxes() {
    EXPECT_TRUE(store_->create_account("bob", {}));
    EXPECT_TRUE(store_->create_account("carl", {}));
    bob_ = store_->open_account("bob").value();
    EXPECT_TRUE(bob_->create_mailbox("work/old"));
    EXPECT_TRUE(bob_->create_mailbox("secret"));
    deliver_to(*bob_, "work", 3);
    deliver_to(*bob_, "secret", 1);
  }
  ~SharedMailboxes() override { bob_.reset(); }

  static void deliver_to(store::Account& account, std::string_view mailbox, int count) {
    std::vector<store::NewMessage> messages;
    for (int i = 0; i < count; ++i) {
      store::NewMessage one{account.begin_upload(), {}, {}};
      one.upload.write("Subject: x\r\n\r\nhi\r\n");
      messages.push_back(std::move(one));
    }
    ASSERT_TRUE(account.append(mailbox, std::move(messages)));
  }

  // Bob's mailbox "work" for ann.
  void share(std::string_view rights, std::string_view identifier = "ann") {
    const auto work = bob_->mailbox("work").value();
    ASSERT_TRUE(bob_->set_access(work.id, identifier, rights));
  }

  // What the owner says.
  std::string bob_says(const std::string& input) {
    const auto ann = std::exchange(authenticator_.account, bob_);
    const std::string output = say_logged_in(input);
    authenticator_.account = ann;
    return output;
  }

  std::shared_ptr<store::Account> bob_;
};

TEST_F(SharedMailboxes, nothing_shows_without_rights) {
  for (const char* name : {"Other Users/bob/work", "Other Users/bob/nothing", "Other Users/bob",
                           "Other Users/nobody/work", "Other Users", "Other Users/",
                           "Other Users//work", "Other Users/ann/INBOX", "Other Users/bob/"}) {
    const std::string quoted = "\"" + std::string(name) + "\"";
    for (const char* command : {"SELECT", "EXAMINE", "GETACL", "MYRIGHTS", "DELETE"}) {
      EXPECT_EQ(say_logged_in("a " + std::string(command) + " " + quoted + "\r\n"), kNone)
          << command << " " << name;
    }
    EXPECT_EQ(say_logged_in("a STATUS " + quoted + " (MESSAGES)\r\n"), kNone) << name;
    EXPECT_EQ(say_logged_in("a SETACL " + quoted + " ann lr\r\n"), kNone) << name;
    EXPECT_EQ(say_logged_in("a LISTRIGHTS " + quoted + " ann\r\n"), kNone) << name;
    EXPECT_EQ(say_logged_in("a RENAME " + quoted + " mine\r\n"), kNone) << name;
    EXPECT_EQ(say_logged_in("a GETQUOTAROOT " + quoted + "\r\n"), kNone) << name;
    EXPECT_EQ(say_logged_in("a GETMETADATA " + quoted + " /shared/comment\r\n"), kNone) << name;
    EXPECT_EQ(say_logged_in("a SETMETADATA " + quoted + " (/shared/comment \"x\")\r\n"), kNone)
        << name;
    EXPECT_EQ(say_logged_in("a CREATE " + quoted + "\r\n"), kNone) << name;
    const std::string append = say_logged_in("a APPEND " + quoted + " {3+}\r\nabc\r\n");
    EXPECT_TRUE(append.starts_with("a NO [TRYCREATE] There is no such mailbox")) << name << append;
  }
  EXPECT_EQ(say_logged_in("a LIST \"\" \"Other Users*\"\r\n"), "a OK LIST completed\r\n");
  EXPECT_EQ(say_logged_in("a LIST \"\" \"Other Users%\"\r\n"), "a OK LIST completed\r\n");
}

TEST_F(SharedMailboxes, what_may_be_looked_up_is_listed_with_the_levels_above_it) {
  share("lr");
  EXPECT_EQ(say_logged_in("a LIST \"\" \"Other Users/*\"\r\n"),
            "* LIST (\\HasNoChildren) \"/\" \"Other Users/bob/work\"\r\na OK LIST completed\r\n");
  EXPECT_EQ(say_logged_in("a LIST \"\" O%\r\n"),
            "* LIST (\\Noselect \\HasChildren) \"/\" \"Other Users\"\r\na OK LIST completed\r\n");
  EXPECT_EQ(say_logged_in("a LIST () \"Other Users/\" %\r\n"),
            "* LIST (\\NonExistent \\HasChildren) \"/\" \"Other Users/bob\"\r\n"
            "a OK LIST completed\r\n");
  EXPECT_EQ(
      say_logged_in("a LIST \"\" \"Other Users/bob/*\" RETURN (MYRIGHTS STATUS (MESSAGES))\r\n"),
      "* LIST (\\HasNoChildren) \"/\" \"Other Users/bob/work\"\r\n"
      "* STATUS \"Other Users/bob/work\" (MESSAGES 3)\r\n"
      "* MYRIGHTS \"Other Users/bob/work\" lr\r\n"
      "a OK LIST completed\r\n");
  share("r");
  EXPECT_EQ(say_logged_in("a LIST \"\" \"Other Users*\"\r\n"), "a OK LIST completed\r\n");
}

TEST_F(SharedMailboxes, a_known_mailbox_refuses_what_takes_more_rights) {
  share("l");
  const std::string refused = "a NO [NOPERM] ";
  for (const char* command :
       {"SELECT \"Other Users/bob/work\"", "STATUS \"Other Users/bob/work\" (MESSAGES)",
        "DELETE \"Other Users/bob/work\"", "CREATE \"Other Users/bob/work/new\"",
        "RENAME \"Other Users/bob/work\" mine", "GETACL \"Other Users/bob/work\"",
        "APPEND \"Other Users/bob/work\" {3+}\r\nabc",
        "GETMETADATA \"Other Users/bob/work\" /shared/comment"}) {
    const std::string output = say_logged_in("a " + std::string(command) + "\r\n");
    EXPECT_TRUE(output.starts_with(refused)) << command << ": " << output;
  }
  EXPECT_EQ(say_logged_in("a MYRIGHTS \"Other Users/bob/work\"\r\n"),
            "* MYRIGHTS \"Other Users/bob/work\" l\r\na OK MYRIGHTS completed\r\n");
  // What else the owner has stays unknown.
  EXPECT_EQ(say_logged_in("a SELECT \"Other Users/bob/secret\"\r\n"), kNone);
}

TEST_F(SharedMailboxes, a_reader_reads_and_changes_nothing) {
  share("lr");
  const std::string output = say_logged_in(
      "a SELECT \"Other Users/bob/work\"\r\n"
      "b FETCH 1 BODY[TEXT]\r\n"
      "c STORE 1 +FLAGS (\\Deleted)\r\n"
      "d EXPUNGE\r\n"
      "e COPY 1 INBOX\r\n"
      "f MOVE 1 INBOX\r\n"
      "g CLOSE\r\n");
  EXPECT_NE(output.find("[PERMANENTFLAGS ()]"), std::string::npos) << output;
  EXPECT_NE(output.find("a OK [READ-ONLY]"), std::string::npos) << output;
  EXPECT_NE(output.find("* 1 FETCH (BODY[TEXT] {4}\r\nhi\r\n)"), std::string::npos) << output;
  EXPECT_NE(output.find("c NO "), std::string::npos) << output;
  EXPECT_NE(output.find("d NO "), std::string::npos) << output;
  EXPECT_NE(output.find("e OK [COPYUID "), std::string::npos) << output;
  EXPECT_NE(output.find("f NO "), std::string::npos) << output;
  EXPECT_NE(output.find("g OK "), std::string::npos) << output;
  EXPECT_EQ(bob_->mailbox("work")->unseen, 3U);
  EXPECT_EQ(bob_->mailbox("work")->messages, 3U);
  EXPECT_EQ(account().mailbox("INBOX")->messages, 1U);
}

TEST_F(SharedMailboxes, each_reader_has_seen_of_their_own) {
  share("lrs");
  const std::string output = say_logged_in(
      "a SELECT \"Other Users/bob/work\"\r\n"
      "b FETCH 1 BODY[TEXT]\r\n"
      "c SEARCH SEEN\r\n");
  EXPECT_NE(output.find("* SEARCH 1\r\n"), std::string::npos) << output;
  EXPECT_EQ(bob_->mailbox("work")->unseen, 3U);
  EXPECT_NE(say_logged_in("a STATUS \"Other Users/bob/work\" (UNSEEN)\r\n").find("(UNSEEN 2)"),
            std::string::npos);
}

TEST_F(SharedMailboxes, flags_are_changed_as_far_as_rights_go) {
  share("lrt");
  const std::string output = say_logged_in(
      "a SELECT \"Other Users/bob/work\"\r\n"
      "b STORE 1 +FLAGS (\\Deleted \\Flagged)\r\n"
      "c STORE 1 +FLAGS (\\Flagged kept)\r\n"
      "d STORE 2 FLAGS (\\Deleted \\Draft)\r\n"
      "e STORE 2 FLAGS ()\r\n"
      "f EXPUNGE\r\n"
      "g CLOSE\r\n");
  EXPECT_NE(output.find("[PERMANENTFLAGS (\\Deleted)]"), std::string::npos) << output;
  EXPECT_NE(output.find("a OK [READ-WRITE]"), std::string::npos) << output;
  EXPECT_NE(output.find("b OK "), std::string::npos) << output;
  EXPECT_NE(output.find("c NO [NOPERM]"), std::string::npos) << output;
  EXPECT_NE(output.find("e OK "), std::string::npos) << output;
  EXPECT_NE(output.find("f NO [NOPERM]"), std::string::npos) << output;
  EXPECT_EQ(bob_->mailbox("work")->messages, 3U);
  EXPECT_EQ(bob_->mailbox("work")->deleted, 1U);
}

TEST_F(SharedMailboxes, messages_come_in_with_the_flags_that_rights_allow) {
  share("li");
  const std::string output = say_logged_in(
      "a APPEND \"Other Users/bob/work\" (\\Deleted \\Flagged kept) {14+}\r\nSubject: y\r\n\r\n\r\n"
      "b APPEND INBOX (\\Deleted \\Flagged) {14+}\r\nSubject: y\r\n\r\n\r\n"
      "c SELECT INBOX\r\n"
      "d COPY 1 \"Other Users/bob/work\"\r\n"
      "e MOVE 1 \"Other Users/bob/work\"\r\n");
  EXPECT_NE(output.find("a OK [APPENDUID "), std::string::npos) << output;
  EXPECT_NE(output.find("d OK [COPYUID "), std::string::npos) << output;
  EXPECT_NE(output.find("* OK [COPYUID "), std::string::npos) << output;
  EXPECT_NE(output.find("* 1 EXPUNGE\r\ne OK "), std::string::npos) << output;
  EXPECT_EQ(bob_->mailbox("work")->messages, 6U);
  EXPECT_EQ(bob_->mailbox("work")->deleted, 0U);
  EXPECT_EQ(account().mailbox("INBOX")->messages, 0U);
}

TEST_F(SharedMailboxes, mailboxes_are_made_renamed_and_deleted_with_the_rights_for_it) {
  share("lrkx");
  EXPECT_EQ(say_without_ids("a CREATE \"Other Users/bob/work/new\"\r\n"),
            "a OK CREATE completed\r\n");
  EXPECT_EQ(bob_->access(bob_->mailbox("work/new")->id)->front().identifier, "ann");
  EXPECT_EQ(
      say_logged_in("a RENAME \"Other Users/bob/work/new\" \"Other Users/bob/work/other\"\r\n"),
      "a OK RENAME completed\r\n");
  EXPECT_TRUE(bob_->mailbox("work/other"));
  EXPECT_TRUE(say_logged_in("a RENAME \"Other Users/bob/work/other\" mine\r\n")
                  .starts_with("a NO [CANNOT]"));
  EXPECT_EQ(say_logged_in("a DELETE \"Other Users/bob/work/other\"\r\n"),
            "a OK DELETE completed\r\n");
  EXPECT_FALSE(bob_->mailbox("work/other"));
  EXPECT_EQ(say_logged_in("a CREATE \"Other Users/bob/top\"\r\n"), kNone);
}

TEST_F(SharedMailboxes, rights_are_given_by_who_may_administer) {
  share("la");
  EXPECT_EQ(say_logged_in("a SETACL \"Other Users/bob/work\" carl lrs\r\n"),
            "a OK Rights changed\r\n");
  EXPECT_EQ(say_logged_in("a GETACL \"Other Users/bob/work\"\r\n"),
            "* ACL \"Other Users/bob/work\" bob lrswipkxteacd ann la carl lrs\r\n"
            "a OK GETACL completed\r\n");
  EXPECT_EQ(bob_says("a GETACL work\r\n"),
            "* ACL work bob lrswipkxteacd ann la carl lrs\r\na OK GETACL completed\r\n");
  EXPECT_EQ(say_logged_in("a DELETEACL \"Other Users/bob/work\" carl\r\n"),
            "a OK Rights changed\r\n");
  EXPECT_TRUE(say_logged_in("a SETACL \"Other Users/bob/work\" bob lr\r\n").starts_with("a NO "));
  EXPECT_EQ(
      say_logged_in("a LISTRIGHTS \"Other Users/bob/work\" bob\r\n"),
      "* LISTRIGHTS \"Other Users/bob/work\" bob lrswipkxteacd\r\na OK LISTRIGHTS completed\r\n");
  EXPECT_EQ(say_logged_in("a LISTRIGHTS \"Other Users/bob/work\" carl\r\n"),
            "* LISTRIGHTS \"Other Users/bob/work\" carl \"\" l r s w i p k x t e a c d\r\n"
            "a OK LISTRIGHTS completed\r\n");
}

TEST_F(SharedMailboxes, anyone_counts_only_where_the_server_allows_it) {
  share("lr", "anyone");
  EXPECT_EQ(say_logged_in("a SELECT \"Other Users/bob/work\"\r\n"), kNone);
  EXPECT_TRUE(bob_says("a SETACL work anyone l\r\n").starts_with("a NO "));
  EXPECT_EQ(bob_says("a SETACL work anyone -l\r\n"), "a OK Rights changed\r\n");
  settings_.share_with_anyone = true;
  EXPECT_EQ(bob_says("a SETACL work anyone lr\r\n"), "a OK Rights changed\r\n");
  EXPECT_NE(say_logged_in("a SELECT \"Other Users/bob/work\"\r\n").find("a OK "),
            std::string::npos);
}

TEST_F(SharedMailboxes, rights_are_taken_away_from_single_users) {
  settings_.share_with_anyone = true;
  share("lr", "anyone");
  share("lr", "-ann");
  EXPECT_EQ(say_logged_in("a SELECT \"Other Users/bob/work\"\r\n"), kNone);
}

TEST_F(SharedMailboxes, urls_to_what_may_not_be_read_are_as_those_to_nothing) {
  const auto reply = [&](const std::string& url) {
    return say_logged_in("a APPEND INBOX CATENATE (URL \"" + url + "\")\r\n");
  };
  const std::string to_others = reply("/Other%20Users/bob/work/;UID=1");
  EXPECT_EQ(to_others, "a NO [BADURL /Other%20Users/bob/work/;UID=1] No such message\r\n");
  EXPECT_EQ(reply("/Other%20Users/bob/nope/;UID=1"),
            "a NO [BADURL /Other%20Users/bob/nope/;UID=1] No such message\r\n");
  EXPECT_EQ(reply("imap://bob@localhost/work/;UID=1"),
            "a NO [BADURL imap://bob@localhost/work/;UID=1] No such message\r\n");
  share("lr");
  EXPECT_NE(reply("/Other%20Users/bob/work/;UID=1").find("a OK [APPENDUID "), std::string::npos);
}

TEST_F(SharedMailboxes, no_way_leads_there_without_the_capability) {
  share("lr");
  settings_.disabled.add(Capability::acl);
  EXPECT_EQ(say_logged_in("a SELECT \"Other Users/bob/work\"\r\n"), kNone);
  EXPECT_EQ(say_logged_in("a NAMESPACE\r\n"),
            "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\na OK NAMESPACE completed\r\n");
}

TEST_F(SharedMailboxes, quota_of_others_is_for_administrators) {
  EXPECT_TRUE(
      say_logged_in("a GETQUOTA \"Other Users/bob\"\r\n").starts_with("a NO [NONEXISTENT]"));
  EXPECT_TRUE(say_logged_in("a SETQUOTA \"\" (STORAGE 1)\r\n").starts_with("a NO [NOPERM]"));
  settings_.administrators = {"ann"};
  EXPECT_EQ(
      say_logged_in("a SETQUOTA \"Other Users/bob\" (MESSAGE 4 STORAGE 10)\r\n"),
      "* QUOTA \"Other Users/bob\" (STORAGE 1 10 MESSAGE 4 4)\r\na OK SETQUOTA completed\r\n");
  const std::string output = bob_says(
      "a GETQUOTAROOT INBOX\r\n"
      "b APPEND INBOX {14+}\r\nSubject: y\r\n\r\n\r\n"
      "c SELECT work\r\n"
      "d COPY 1 INBOX\r\n");
  EXPECT_NE(output.find("* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 1 10 MESSAGE 4 4)\r\n"),
            std::string::npos)
      << output;
  EXPECT_NE(output.find("b NO [OVERQUOTA]"), std::string::npos) << output;
  EXPECT_NE(output.find("d NO [OVERQUOTA]"), std::string::npos) << output;
}

// An owner's name is one level, whatever is in it.
TEST_F(SharedMailboxes, of_owners_with_a_slash_in_their_name_are_there) {
  for (const char* name : {"team/sales", "a=2Fb", "c=d"}) {
    ASSERT_TRUE(store_->create_account(name, {}));
    const auto owner = store_->open_account(name).value();
    ASSERT_TRUE(owner->set_access(owner->mailbox("INBOX")->id, "ann", "lr"));
  }
  const std::string output = say_logged_in(
      "1 LIST \"Other Users/\" *\r\n2 STATUS \"Other Users/team=2Fsales/INBOX\" (MESSAGES)\r\n"
      "3 STATUS \"Other Users/a=3D2Fb/INBOX\" (MESSAGES)\r\n"
      "4 STATUS \"Other Users/c=d/INBOX\" (MESSAGES)\r\n"
      "5 STATUS \"Other Users/team/sales/INBOX\" (MESSAGES)\r\n");
  for (const char* expected :
       {"\"Other Users/team=2Fsales/INBOX\"\r\n", "\"Other Users/a=3D2Fb/INBOX\"\r\n",
        "\"Other Users/c=d/INBOX\"\r\n", "2 OK", "3 OK", "4 OK", "5 NO [NONEXISTENT]"}) {
    EXPECT_NE(output.find(expected), std::string::npos) << expected << " in " << output;
  }
}

}  // namespace
}  // namespace mailkeep::imap
