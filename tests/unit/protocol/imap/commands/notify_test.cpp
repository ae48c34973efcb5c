// What a session with NOTIFY or METADATA is told of others, and what not of itself.
#include "protocol/imap/commands/notify.h"

#include <gtest/gtest.h>

#include "protocol/imap/notifier.h"
#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class Notifications : public DialogTest {
 protected:
  Notifications() {
    EXPECT_TRUE(store_->create_account("bob", {}));
    bob_ = store_->open_account("bob").value();
  }
  ~Notifications() override { bob_.reset(); }

  // What comes after `input`, while `happening` happens elsewhere before the last read.
  std::string told(const std::string& input, std::function<void()> happening,
                   const std::string& last = "z NOOP\r\n") {
    bool happened = false;
    stream_.before_read = [&](std::size_t left) {
      if (left == 1 && !std::exchange(happened, true)) happening();
    };
    const std::string output = say({"x LOGIN ann secret\r\n", input, last});
    stream_.before_read = nullptr;
    const std::size_t begin = output.find("\r\ny OK");
    EXPECT_NE(begin, std::string::npos) << output;
    return output.substr(output.find("\r\n", begin + 2) + 2);
  }

  // What is told after each of `steps`, which happen elsewhere; what comes before y OK is first.
  std::vector<std::string> told_by_steps(const std::string& input,
                                         const std::vector<std::function<void()>>& steps) {
    std::size_t next = 0;
    stream_.before_read = [&](std::size_t left) {
      if (next < steps.size() && left + next == steps.size()) steps[next++]();
    };
    std::vector<std::string> reads{"x LOGIN ann secret\r\n", input};
    for (std::size_t i = 0; i < steps.size(); ++i) reads.emplace_back("z NOOP\r\n");
    std::string output = say_all(reads);
    stream_.before_read = nullptr;
    output.erase(0, output.find("\r\n") + 2);  // of LOGIN
    std::vector<std::string> told;
    for (std::size_t end = 0; (end = output.find(" OK N")) != std::string::npos;) {
      told.push_back(output.substr(0, end - 1));
      output.erase(0, output.find("\r\n", end) + 2);
    }
    return told;
  }

  void let(const char* mailbox, const char* rights) {
    ASSERT_TRUE(bob_->set_access(bob_->mailbox(mailbox).value().id, "ann", rights));
  }

  static void annotate(store::Account& account, std::string_view mailbox, const char* entry) {
    const store::AnnotationChange change{entry, "value"};
    const auto id = mailbox.empty() ? store::MailboxId{0} : account.mailbox(mailbox).value().id;
    ASSERT_TRUE(account.annotate(id, {&change, 1}));
  }

  std::shared_ptr<store::Account> bob_;
};

TEST_F(Notifications, of_too_much_end_with_a_word) {
  const std::string output = told("y NOTIFY SET (personal (SubscriptionChange))\r\n", [&] {
    for (std::size_t i = 0; i <= Notifier::kMaxPending / 2; ++i) {
      ASSERT_TRUE(account().subscribe("INBOX", true));
      ASSERT_TRUE(account().subscribe("INBOX", false));
    }
  });
  EXPECT_EQ(output,
            "* OK [NOTIFICATIONOVERFLOW] Too much happens; NOTIFY ends\r\nz OK NOOP completed\r\n");
}

TEST_F(Notifications, are_not_of_what_the_client_does_itself) {
  const std::string output = told(
      "y NOTIFY SET (personal (MessageNew MessageExpunge MailboxName SubscriptionChange "
      "MailboxMetadataChange ServerMetadataChange))\r\n",
      [] {},
      "1 CREATE new\r\n2 APPEND new {1+}\r\nx\r\n3 SUBSCRIBE new\r\n"
      "4 SETMETADATA new (/shared/x y)\r\n5 SETMETADATA \"\" (/private/x y)\r\n"
      "6 DELETE new\r\n7 NOOP\r\n");
  EXPECT_EQ(output.find("* LIST"), std::string::npos) << output;
  EXPECT_EQ(output.find("* STATUS"), std::string::npos) << output;
  EXPECT_EQ(output.find("* METADATA"), std::string::npos) << output;
  EXPECT_NE(output.find("7 OK"), std::string::npos) << output;
}

TEST_F(Notifications, of_new_messages_leave_out_the_clients_own) {
  deliver("INBOX", 1);
  const std::string output = told(
      "w SELECT INBOX\r\ny NOTIFY SET (selected (MessageNew (uid) MessageExpunge))\r\n",
      [&] { deliver("INBOX", 1); }, "1 APPEND INBOX {1+}\r\nx\r\n2 COPY 1 INBOX\r\n3 NOOP\r\n");
  EXPECT_NE(output.find("* 2 FETCH (UID 2)"), std::string::npos) << output;
  EXPECT_NE(output.find("* 4 EXISTS"), std::string::npos) << output;
  EXPECT_EQ(output.find("* 3 FETCH"), std::string::npos) << output;
  EXPECT_EQ(output.find("* 4 FETCH"), std::string::npos) << output;
}

TEST_F(Notifications, of_annotations_name_what_changed) {
  annotate(account(), "INBOX", "/shared/old");
  const std::string output =
      told("y NOTIFY SET (personal (MailboxMetadataChange ServerMetadataChange))\r\n", [&] {
        annotate(account(), "INBOX", "/shared/comment");
        annotate(account(), "INBOX", "/private/Comment");
        annotate(account(), "", "/shared/motd");
        annotate(*account().for_reader("bob"), "INBOX", "/private/secret");
      });
  EXPECT_EQ(output,
            "* METADATA INBOX /shared/comment\r\n* METADATA INBOX /private/comment\r\n"
            "* METADATA \"\" /shared/motd\r\nz OK NOOP completed\r\n");
}

TEST_F(Notifications, of_annotations_come_to_who_enables_them) {
  const auto happening = [&] {
    annotate(account(), "INBOX", "/shared/x");
    annotate(account(), "", "/shared/y");
    deliver("INBOX", 1);
  };
  EXPECT_EQ(told("y ENABLE METADATA\r\n", happening),
            "* METADATA INBOX /shared/x\r\nz OK NOOP completed\r\n");
  EXPECT_EQ(told("y ENABLE METADATA-SERVER\r\n", happening),
            "* METADATA \"\" /shared/y\r\nz OK NOOP completed\r\n");
  EXPECT_EQ(told("y ENABLE CONDSTORE\r\n", happening), "z OK NOOP completed\r\n");
  // NOTIFY adds to it, and its end takes nothing away.
  EXPECT_NE(told("w ENABLE METADATA\r\ny NOTIFY SET (personal (MessageNew MessageExpunge))\r\n",
                 happening)
                .find("* METADATA INBOX /shared/x\r\n* STATUS INBOX"),
            std::string::npos);
  EXPECT_EQ(told("w ENABLE METADATA\r\ny NOTIFY NONE\r\n", happening),
            "* METADATA INBOX /shared/x\r\nz OK NOOP completed\r\n");
}

TEST_F(Notifications, of_annotations_go_on_when_too_much_happens) {
  const std::string output = told("y ENABLE METADATA\r\n", [&] {
    for (std::size_t i = 0; i <= Notifier::kMaxPending; ++i) {
      ASSERT_TRUE(account().subscribe("INBOX", i % 2 == 0));
    }
  });
  EXPECT_EQ(output, "z OK NOOP completed\r\n");
}

TEST_F(Notifications, of_shared_mailboxes_need_the_rights) {
  const auto box = bob_->create_mailbox("box").value();
  const auto hidden = bob_->create_mailbox("hidden").value();
  ASSERT_TRUE(bob_->set_access(box.id, "ann", "lr"));
  const std::string output = told(
      "y NOTIFY SET (subtree \"Other Users\" (MessageNew MessageExpunge MailboxName "
      "MailboxMetadataChange))\r\n",
      [&] {
        for (const char* name : {"box", "hidden"}) {
          std::vector<store::NewMessage> messages;
          messages.push_back({bob_->begin_upload(), {}, {}});
          messages.back().upload.write("x");
          ASSERT_TRUE(bob_->append(name, std::move(messages)));
          annotate(*bob_, name, "/shared/x");
          annotate(*bob_, name, "/private/x");
        }
        ASSERT_TRUE(bob_->rename_mailbox("box", "case"));
        ASSERT_TRUE(bob_->set_access(hidden.id, "carl", "lr"));
      });
  for (const char* expected :
       {"* STATUS \"Other Users/bob/case\" (MESSAGES 1 ",
        "* METADATA \"Other Users/bob/case\" /shared/x\r\n",
        "* LIST (\\HasNoChildren) \"/\" \"Other Users/bob/case\" (\"OLDNAME\" "
        "(\"Other Users/bob/box\"))"}) {
    EXPECT_NE(output.find(expected), std::string::npos) << expected << " in " << output;
  }
  EXPECT_EQ(output.find("/private/"), std::string::npos) << output;
  EXPECT_EQ(output.find("hidden"), std::string::npos) << output;
}

TEST_F(Notifications, of_a_new_mailbox_come_before_those_of_its_messages) {
  const auto told =
      told_by_steps("y NOTIFY SET (personal (MailboxName MessageNew MessageExpunge))\r\n", {[&] {
                      ASSERT_TRUE(account().create_mailbox("new"));
                      deliver("new", 1);
                      ASSERT_TRUE(account().rename_mailbox("new", "newer"));
                    }});
  EXPECT_EQ(told.at(1).find("* LIST (\\NonExistent) \"/\" new\r\n"
                            "* LIST (\\HasNoChildren) \"/\" newer (\"OLDNAME\" (new))\r\n"
                            "* STATUS newer (MESSAGES 1 "),
            0U)
      << told.at(1);
}

// RFC 5465 3.1
TEST_F(Notifications, of_mailboxes_that_may_only_be_looked_up_are_refused) {
  for (const char* name : {"open", "seen", "hidden"}) ASSERT_TRUE(bob_->create_mailbox(name));
  let("open", "lr");
  let("seen", "l");
  const std::string refused =
      "* LIST (\\HasNoChildren \\NoAccess) \"/\" \"Other Users/bob/seen\"\r\n";
  for (const char* filter :
       {R"((mailboxes ("Other Users/bob/open" "Other Users/bob/seen" "Other Users/bob/hidden"))",
        R"((subtree "Other Users")"}) {
    const std::string set = "y NOTIFY SET " + std::string(filter) + ' ';
    EXPECT_EQ(told_by_steps(set + "(MessageNew MessageExpunge))\r\n", {}).at(0), refused);
    EXPECT_EQ(told_by_steps(set + "(MailboxName))\r\n", {}).at(0), refused);
    EXPECT_EQ(told_by_steps(set + "NONE)\r\n", {}).at(0), "");
  }
  EXPECT_EQ(told_by_steps("y NOTIFY SET (personal (MailboxName))\r\n", {}).at(0), "");
}

// RFC 5465 5.9
TEST_F(Notifications, of_messages_tell_of_access_that_is_lost_and_comes_back) {
  ASSERT_TRUE(bob_->create_mailbox("box"));
  let("box", "lr");
  const auto told = told_by_steps(
      "y NOTIFY SET (mailboxes \"Other Users/bob/box\" (MessageNew MessageExpunge))\r\n",
      {[&] { let("box", "l"); }, [&] { let("box", "lrs"); }, [&] { let("box", "lrt"); },
       [&] { let("box", ""); }, [&] { let("box", "r"); }, [&] { let("box", "lr"); }});
  const std::string name = " \"/\" \"Other Users/bob/box\"\r\n";
  const std::vector<std::string> expected{"",
                                          "* LIST (\\HasNoChildren \\NoAccess)" + name,
                                          "* LIST (\\HasNoChildren)" + name,
                                          "",
                                          "* LIST (\\NonExistent \\NoAccess)" + name,
                                          "",
                                          "* LIST (\\HasNoChildren)" + name};
  EXPECT_EQ(told, expected);
}

// RFC 5465 5.4
TEST_F(Notifications, of_names_tell_of_the_first_that_somebody_shares) {
  const auto box = bob_->create_mailbox("box").value();
  ASSERT_TRUE(bob_->create_mailbox("other"));
  ASSERT_TRUE(bob_->create_mailbox("hidden"));
  const auto told = told_by_steps(
      "y NOTIFY SET (subtree \"Other Users\" (MailboxName MessageNew "
      "MessageExpunge))\r\n",
      {[&] { let("hidden", "r"); }, [&] { let("box", "lr"); },
       [&] {
         std::vector<store::NewMessage> messages;
         messages.push_back({bob_->begin_upload(), {}, {}});
         messages.back().upload.write("x");
         ASSERT_TRUE(bob_->append("box", std::move(messages)));
       },
       [&] { let("other", "l"); }, [&] { let("box", ""); }});
  ASSERT_EQ(told.size(), 6U);
  EXPECT_EQ(told[0] + told[1], "");
  EXPECT_EQ(told[2], "* LIST (\\HasNoChildren) \"/\" \"Other Users/bob/box\"\r\n");
  EXPECT_EQ(told[3].find("* STATUS \"Other Users/bob/box\" (MESSAGES 1 "), 0U) << told[3];
  EXPECT_EQ(told[4], "* LIST (\\HasNoChildren \\NoAccess) \"/\" \"Other Users/bob/other\"\r\n");
  EXPECT_EQ(told[5], "* LIST (\\NonExistent \\NoAccess) \"/\" \"Other Users/bob/box\"\r\n");
}

TEST_F(Notifications, of_shares_know_an_owner_that_came_anew) {
  const std::string notify = "y NOTIFY SET (subtree \"Other Users\" (MailboxName))\r\n";
  const auto told = told_by_steps(notify, {[&] { let("INBOX", "lr"); },
                                           [&] {
                                             bob_.reset();
                                             ASSERT_TRUE(store_->remove_account("bob"));
                                             ASSERT_TRUE(store_->create_account("bob", {}));
                                             bob_ = store_->open_account("bob").value();
                                             let("INBOX", "lr");
                                           },
                                           [&] { let("Sent", "lr"); }});
  const std::string inbox = "* LIST (\\HasNoChildren) \"/\" \"Other Users/bob/INBOX\"\r\n";
  EXPECT_EQ(told.at(1), inbox);
  EXPECT_EQ(told.at(2), inbox);
  EXPECT_EQ(told.at(3), "* LIST (\\HasNoChildren \\Sent) \"/\" \"Other Users/bob/Sent\"\r\n");
}

// RFC 5465 5.5, 6.4
TEST_F(Notifications, of_subscriptions_are_not_of_those_of_the_owner) {
  let("INBOX", "lr");  // which bob is subscribed to
  const auto append = [&] {
    std::vector<store::NewMessage> messages;
    messages.push_back({bob_->begin_upload(), {}, {}});
    messages.back().upload.write("x");
    ASSERT_TRUE(bob_->append("INBOX", std::move(messages)));
  };
  const std::string name = "Other Users/bob/INBOX";
  const auto told = told_by_steps(
      "y NOTIFY SET (subscribed (MessageNew MessageExpunge)) "
      "(subtree \"Other Users\" (SubscriptionChange))\r\n",
      {append, [&] { ASSERT_TRUE(bob_->subscribe("INBOX", false)); },
       [&] { ASSERT_TRUE(account().subscribe(name, true)); }, append});
  EXPECT_EQ(told.at(1), "");
  EXPECT_EQ(told.at(2), "");
  EXPECT_EQ(told.at(3), "* LIST (\\HasNoChildren \\Subscribed) \"/\" \"" + name + "\"\r\n");
  EXPECT_EQ(told.at(4).find("* STATUS \"" + name + "\" (MESSAGES 2 "), 0U) << told.at(4);
}

TEST_F(Notifications, of_access_come_though_the_mailbox_was_renamed_before) {
  ASSERT_TRUE(bob_->create_mailbox("box"));
  let("box", "lr");
  const auto told = told_by_steps("y NOTIFY SET (subtree \"Other Users\" (MailboxName))\r\n", {[&] {
                                    ASSERT_TRUE(bob_->rename_mailbox("box", "case"));
                                    let("case", "");
                                  }});
  EXPECT_TRUE(
      told.at(1).ends_with("* LIST (\\NonExistent \\NoAccess) \"/\" \"Other Users/bob/case\"\r\n"))
      << told.at(1);
}

TEST_F(Notifications, of_what_is_shared_with_anyone_come_where_that_counts) {
  ASSERT_TRUE(bob_->create_mailbox("box"));
  const auto share = [&](const char* with) {
    ASSERT_TRUE(bob_->set_access(bob_->mailbox("box").value().id, with, "lr"));
  };
  const std::string notify = "y NOTIFY SET (subtree \"Other Users\" (MailboxName))\r\n";
  EXPECT_EQ(told_by_steps(notify, {[&] { share("anyone"); }}).at(1), "");
  ASSERT_TRUE(bob_->set_access(bob_->mailbox("box").value().id, "anyone", ""));
  settings_.share_with_anyone = true;
  EXPECT_EQ(told_by_steps(notify, {[&] { share("carl"); }}).at(1), "");
  EXPECT_EQ(told_by_steps(notify, {[&] { share("anyone"); }}).at(1),
            "* LIST (\\HasNoChildren) \"/\" \"Other Users/bob/box\"\r\n");
}

TEST_F(Notifications, of_one_more_that_shares_end_with_a_word) {
  const std::string notify =
      "y NOTIFY SET (subtree \"Other Users\" (MailboxName)) (personal (SubscriptionChange))\r\n";
  const auto told = told_by_steps(notify, {[&] {
                                    for (std::size_t i = 0; i < Notifier::kMaxPending; ++i) {
                                      ASSERT_TRUE(account().subscribe("INBOX", i % 2 == 0));
                                    }
                                    let("INBOX", "lr");
                                  }});
  EXPECT_EQ(told.at(1), "* OK [NOTIFICATIONOVERFLOW] Too much happens; NOTIFY ends\r\n");
}

TEST_F(Notifications, of_events_that_are_turned_off_are_refused) {
  EXPECT_EQ(
      say_logged_in("1 NOTIFY SET (personal (MessageNew MessageExpunge AnnotationChange))\r\n"),
      "1 NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange "
      "MailboxMetadataChange ServerMetadataChange)] Some of these events are not known here\r\n");
  EXPECT_EQ(say_logged_in("1 NOTIFY SET (inboxes (x-event))\r\n").find("1 NO [BADEVENT ("), 0U);
  settings_.disabled.add(Capability::metadata);
  settings_.disabled.add(Capability::metadata_server);
  EXPECT_EQ(say_logged_in("1 NOTIFY SET (personal (MailboxMetadataChange))\r\n"),
            "1 NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange)] "
            "Some of these events are not known here\r\n");
}

}  // namespace
}  // namespace mailkeep::imap
