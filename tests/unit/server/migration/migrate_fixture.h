// A fixture for migrations: an account, and a server that has messages for it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/exit_code.h"
#include "tests/unit/server/admin/admin_fixture.h"
#include "tests/unit/server/migration/fake_imap_server.h"

namespace mailkeep::server {

class MigrateTest : public AdminTest {
 protected:
  MigrateTest() {
    add_account("ann");
    remote_.mailboxes["INBOX"] = inbox();
  }

  static FakeMailbox inbox() {
    FakeMailbox mailbox{.uid_validity = 1111, .uid_next = 50};
    mailbox.messages = {{5, "A: 1\r\n\r\none", "\\Seen"},
                        {7, "A: 2\r\n\r\n" + std::string(300'000, 'x'), "Work \\Flagged"},
                        {30, "A: 3\r\n\r\n", ""}};
    return mailbox;
  }

  int migrate(std::vector<std::string> more = {}) {
    std::vector<std::string> words{"migrate",
                                   "ann",
                                   "--password-stdin",
                                   "--timeout",
                                   "1",
                                   "--from",
                                   "imap://bob@127.0.0.1:" + std::to_string(remote_.port())};
    words.insert(words.end(), more.begin(), more.end());
    return run(words, "secret\n");
  }

  std::vector<std::uint32_t> uids(const std::string& name = "INBOX") {
    std::vector<std::uint32_t> list;
    for (const Stored& stored : messages("ann", name)) list.push_back(stored.row.uid.value);
    return list;
  }
  void expect_clean() {
    EXPECT_EQ(run({"store", "check", "ann"}), exit_code::ok) << out() << err();
  }
  std::vector<std::string> remote_texts() {
    std::vector<std::string> texts;
    for (const FakeMessage& message : remote_.mailboxes["INBOX"].messages) {
      texts.push_back(message.text);
    }
    return texts;
  }

  FakeImapServer remote_;
};

}  // namespace mailkeep::server
