// What a client is told of a mailbox that others change.
#include "protocol/imap/mailbox_view.h"

#include <filesystem>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/store.h"

namespace mailkeep::imap {
namespace {

class MailboxViewTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "mailkeep-view-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    directory_ = path;
    store_ = store::Store::open(directory_);
    ASSERT_TRUE(store_->create_account("ada", {}));
    account_ = store_->open_account("ada").value();
    mailbox_ = account_->mailbox("INBOX").value().id;
  }

  void TearDown() override {
    account_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  store::UidSet append(int count, store::FlagSet flags = {}) {
    std::vector<store::NewMessage> messages;
    for (int i = 0; i < count; ++i) {
      auto upload = account_->begin_upload();
      upload.write("Subject: test\r\n\r\nbody\r\n");
      messages.push_back({std::move(upload), flags, {1'000'000, 0}});
    }
    return account_->append("INBOX", std::move(messages)).value().uids;
  }

  store::FlagChangeResult change(const store::UidSet& uids, store::FlagOperation operation,
                                 store::FlagBits flags, std::vector<std::string> keywords = {}) {
    const store::FlagChange change{uids, operation, {flags, std::move(keywords)}, {}};
    return account_->change_flags(mailbox_, {&change, 1}).front().value();
  }

  MailboxView view(bool read_only = false) {
    return MailboxView(account_, account_->snapshot(mailbox_).value(), read_only, {});
  }

  static std::string news(MailboxView& view, bool expunges = true) {
    std::string text;
    Encoder out(text);
    if (view.may_have_changed()) view.fetch_changes();
    view.write_changes(out, expunges);
    return text;
  }

  std::filesystem::path directory_;
  std::shared_ptr<store::Store> store_;
  std::shared_ptr<store::Account> account_;
  store::MailboxId mailbox_;
};

store::UidSet uid(std::uint32_t value) {
  return store::UidSet({value, value});
}

TEST_F(MailboxViewTest, SaysNothingWhereNothingChanged) {
  append(3);
  auto one = view();
  EXPECT_FALSE(one.may_have_changed());
  EXPECT_EQ(news(one), "");
}

TEST_F(MailboxViewTest, TellsOfNewMessagesWithRecent) {
  append(1);
  auto one = view();
  append(2);
  EXPECT_EQ(news(one), "* 3 EXISTS\r\n* 2 RECENT\r\n");
  EXPECT_EQ(news(one), "");
}

TEST_F(MailboxViewTest, GivesRecentToOneViewOnly) {
  auto one = view();
  auto two = view();
  append(1);
  EXPECT_EQ(news(one), "* 1 EXISTS\r\n* 1 RECENT\r\n");
  EXPECT_EQ(news(two), "* 1 EXISTS\r\n* 0 RECENT\r\n");
}

TEST_F(MailboxViewTest, TellsExpungesFromTheHighestNumberDown) {
  append(5);
  auto one = view();
  store::UidSet gone;
  gone.add({2, 3});
  gone.add({5, 5});
  account_->expunge(mailbox_, gone).value();
  EXPECT_EQ(news(one), "* 5 EXPUNGE\r\n* 3 EXPUNGE\r\n* 2 EXPUNGE\r\n");
  EXPECT_EQ(one.uids().size(), 2U);
}

TEST_F(MailboxViewTest, HoldsExpungesBackAndKeepsNumbersMeanwhile) {
  append(3);
  auto one = view();
  account_->expunge(mailbox_, uid(1)).value();
  append(1);
  EXPECT_EQ(news(one, false), "* 4 EXISTS\r\n* 1 RECENT\r\n");
  EXPECT_EQ(one.uids().sequence_of(store::Uid{3}), 3U);
  EXPECT_EQ(news(one), "* 1 EXPUNGE\r\n");
  EXPECT_EQ(one.uids().sequence_of(store::Uid{3}), 2U);
}

TEST_F(MailboxViewTest, NeverTellsOfAMessageThatCameAndWent) {
  auto one = view();
  append(2);
  account_->expunge(mailbox_, uid(1)).value();
  EXPECT_EQ(news(one), "* 1 EXISTS\r\n* 1 RECENT\r\n");
  EXPECT_EQ(one.uids().uid_of(1), store::Uid{2});
}

TEST_F(MailboxViewTest, TellsFlagsThatOthersChanged) {
  append(2);
  auto one = view();
  change(uid(2), store::FlagOperation::add, store::flag::flagged);
  EXPECT_EQ(news(one), "* 2 FETCH (FLAGS (\\Flagged))\r\n");
}

TEST_F(MailboxViewTest, DoesNotRepeatOwnChanges) {
  append(2);
  auto one = view();
  one.own_flag_change(change(uid(1), store::FlagOperation::add, store::flag::seen));
  EXPECT_FALSE(one.may_have_changed());
  EXPECT_EQ(news(one), "");
}

TEST_F(MailboxViewTest, TellsOthersChangesBesideOwnOnes) {
  append(3);
  auto one = view();
  change(uid(3), store::FlagOperation::add, store::flag::draft);
  one.own_flag_change(change(uid(1), store::FlagOperation::add, store::flag::seen));
  EXPECT_EQ(news(one), "* 3 FETCH (FLAGS (\\Draft))\r\n");
}

TEST_F(MailboxViewTest, TellsNewKeywordsBeforeTheFlagsThatUseThem) {
  append(1);
  auto one = view();
  change(uid(1), store::FlagOperation::add, 0, {"Later"});
  const std::string told = news(one);
  EXPECT_TRUE(told.starts_with("* FLAGS (")) << told;
  EXPECT_NE(told.find("Later)\r\n"), std::string::npos) << told;
  EXPECT_TRUE(told.ends_with("* 1 FETCH (FLAGS (Later))\r\n")) << told;
}

TEST_F(MailboxViewTest, LosesItsMessagesWhenTheMailboxIsDeleted) {
  account_->create_mailbox("Gone").value();
  auto upload = account_->begin_upload();
  upload.write("x: y\r\n\r\n");
  std::vector<store::NewMessage> messages;
  messages.push_back({std::move(upload), {}, {}});
  account_->append("Gone", std::move(messages)).value();
  const auto id = account_->mailbox("Gone").value().id;
  MailboxView one(account_, account_->snapshot(id).value(), false, {});
  ASSERT_TRUE(account_->delete_mailbox("Gone"));
  EXPECT_EQ(news(one), "* 1 EXPUNGE\r\n");
  EXPECT_EQ(news(one), "");
}

// A client as the RFC expects it: it believes what it is told.
class Client {
 public:
  explicit Client(std::uint32_t count) : flags_(count, "?") {}

  void hear(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) hear_line(line);
  }
  const std::vector<std::string>& flags() const { return flags_; }

 private:
  void hear_line(const std::string& line) {
    std::istringstream words(line);
    std::string star;
    std::string word;
    std::uint32_t number = 0;
    if (!(words >> star >> number >> word)) return;
    if (word.starts_with("EXISTS")) {
      ASSERT_GE(number, flags_.size());
      flags_.resize(number, "?");
    } else if (word.starts_with("EXPUNGE")) {
      ASSERT_LE(number, flags_.size());
      flags_.erase(flags_.begin() + number - 1);
    } else if (word.starts_with("FETCH")) {
      ASSERT_LE(number, flags_.size());
      const auto begin = line.rfind("(");
      flags_[number - 1] = line.substr(begin + 1, line.find(')') - begin - 1);
    }
  }
  std::vector<std::string> flags_;
};

TEST_F(MailboxViewTest, ConvergesWithTheStoreWhateverHappens) {
  std::mt19937 random(7);
  append(20);
  auto one = view();
  auto two = view();
  Client client_one(20);
  Client client_two(20);
  for (int step = 0; step < 400; ++step) {
    const store::UidMap now = *account_->snapshot(mailbox_).value().uids;
    const auto pick = now.empty()
                          ? store::Uid{1}
                          : now.uid_of(static_cast<std::uint32_t>(1 + random() % now.size()));
    switch (random() % 6) {
      case 0:
        append(1 + static_cast<int>(random() % 2));
        break;
      case 1:
        account_->expunge(mailbox_, uid(pick.value)).value();
        break;
      case 2:
      case 3:
        change(uid(pick.value), store::FlagOperation::replace, 1U << (random() % 5));
        break;
      case 4: {
        const auto own = change(uid(pick.value), store::FlagOperation::replace, 0);
        std::string told;
        Encoder out(told);
        for (const auto& row : own.messages) two.write_flags(out, row, false, false);
        two.own_flag_change(own);
        client_two.hear(told);
        break;
      }
      default:
        client_one.hear(news(one, random() % 2 == 0));
        client_two.hear(news(two, random() % 2 == 0));
    }
  }
  client_one.hear(news(one));
  client_two.hear(news(two));
  const store::UidMap uids = *account_->snapshot(mailbox_).value().uids;
  for (auto* client : {&client_one, &client_two}) {
    ASSERT_EQ(client->flags().size(), uids.size());
    auto cursor = account_->messages(mailbox_, uids.all(), store::Detail::row).value();
    for (std::size_t i = 0; cursor->next(); ++i) {
      std::string flags;
      Encoder(flags).flag_list(cursor->row().flags, {}, false);
      std::string told = client->flags()[i];
      if (told == "?") continue;
      told = told.substr(0, told.find("\\Recent"));
      if (told.ends_with(' ')) told.pop_back();
      EXPECT_EQ(told, flags.substr(1, flags.size() - 2));
    }
  }
}

// RFC 7162 3.2.10
TEST_F(MailboxViewTest, TellsExpungesAsVanishedWithQresync) {
  append(5);
  auto one = view();
  const Enabled enabled{.condstore = true, .qresync = true};
  one.obey(enabled);
  change(store::UidSet({2, 3}), store::FlagOperation::add, store::flag::deleted);
  ASSERT_TRUE(account_->expunge_deleted(mailbox_, store::UidSet({1, 5})));
  EXPECT_EQ(news(one), "* VANISHED 2:3\r\n");
  EXPECT_EQ(one.uids().size(), 3U);
}

// RFC 9586 3.3, 3.6
TEST_F(MailboxViewTest, TellsUidsWithUidOnly) {
  append(3);
  auto one = view();
  const Enabled enabled{.uid_only = true};
  one.obey(enabled);
  change(uid(1), store::FlagOperation::add, store::flag::deleted);
  ASSERT_TRUE(account_->expunge_deleted(mailbox_, store::UidSet({1, 5})));
  change(uid(3), store::FlagOperation::add, store::flag::seen);
  EXPECT_EQ(news(one), "* VANISHED 1\r\n* 3 UIDFETCH (FLAGS (\\Seen))\r\n");
}

// RFC 9051 E 12, 21
TEST_F(MailboxViewTest, TellsUidsAndNoRecentWithImap4rev2) {
  append(1);
  auto one = view();
  const Enabled enabled{.imap4rev2 = true};
  one.obey(enabled);
  append(1);
  change(uid(1), store::FlagOperation::add, store::flag::seen);
  EXPECT_EQ(news(one), "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 2 EXISTS\r\n");
  EXPECT_FALSE(one.is_recent(store::Uid{2}));
}

TEST_F(MailboxViewTest, HoldsFlagsThatMayNotBeToldYet) {
  append(2);
  auto one = view();
  change(uid(2), store::FlagOperation::add, store::flag::seen);
  append(1);
  std::string text;
  Encoder out(text);
  one.fetch_changes();
  EXPECT_EQ(one.write_changes(out, true, false), uid(3));
  EXPECT_EQ(text.find("FETCH"), std::string::npos);
  text.clear();
  EXPECT_TRUE(one.write_changes(out, true).empty());
  EXPECT_EQ(text, "* 2 FETCH (FLAGS (\\Seen))\r\n");
}

}  // namespace
}  // namespace mailkeep::imap
