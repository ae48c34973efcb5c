#include "protocol/lmtp/delivery.h"

#include <system_error>

#include <gmock/gmock.h>

#include "protocol/lmtp/replies.h"
#include "store/sqlite/error.h"
#include "tests/unit/protocol/lmtp/lmtp_fixture.h"
#include "tests/unit/protocol/pop3/faulty_account.h"

namespace mailkeep::lmtp {
namespace {

using ::testing::SizeIs;

// Refuses or fails what is appended to it.
class FailingAccount : public pop3::FaultyAccount {
 public:
  using FaultyAccount::FaultyAccount;
  std::function<store::StoreError()> failure;

  store::StoreResult<store::AppendResult> append(std::string_view,
                                                 std::vector<store::NewMessage>) override {
    return std::unexpected(failure());
  }
};

class DeliveryTest : public LmtpTest {
 protected:
  // What a delivery to an account that fails so is answered with.
  std::string answer(std::function<store::StoreError()> failure, bool defer = false) {
    auto failing = std::make_shared<FailingAccount>(authenticator_.account);
    failing->failure = std::move(failure);
    Delivery delivery({});
    delivery.add({"ann", ""}, {{failing, "INBOX"}});
    delivery.add({"both", ""}, {{bob_, "INBOX"}, {failing, "INBOX"}});
    for (std::size_t i = 0; i < delivery.accounts(); ++i) delivery.finish(i, "a");
    EXPECT_EQ(delivery.outcome(0), delivery.outcome(1));
    const Reply reply = reply_to(delivery.outcome(0), defer);
    return std::to_string(reply.code) + ' ' + std::string(reply.enhanced);
  }
};

TEST_F(DeliveryTest, EachFailureHasItsCode) {
  using store::StoreError;
  const auto refusing = [&](StoreError error) { return answer([error] { return error; }); };
  EXPECT_EQ(refusing(StoreError::over_quota), "552 5.2.2");
  EXPECT_EQ(answer([] { return StoreError::over_quota; }, true), "452 4.2.2");
  EXPECT_EQ(refusing(StoreError::no_such_account), "550 5.1.1");
  EXPECT_EQ(refusing(StoreError::account_suspended), "450 4.2.1");
  EXPECT_EQ(refusing(StoreError::account_damaged), "451 4.3.0");
  EXPECT_EQ(refusing(StoreError::message_too_big), "552 5.3.4");
  EXPECT_EQ(refusing(StoreError::no_such_mailbox), "451 4.3.0");
}

TEST_F(DeliveryTest, AFullDiskIsToldFromOtherFailures) {
  using store::sqlite::Error;
  using store::sqlite::ErrorKind;
  EXPECT_EQ(answer([]() -> store::StoreError { throw Error(ErrorKind::disk_full, "full"); }),
            "452 4.3.1");
  EXPECT_EQ(answer([]() -> store::StoreError {
              throw std::system_error(ENOSPC, std::generic_category(), "spool");
            }),
            "452 4.3.1");
  EXPECT_EQ(answer([]() -> store::StoreError { throw Error(ErrorKind::machine, "I/O error"); }),
            "451 4.3.0");
}

TEST_F(DeliveryTest, AMailboxThatWentAwayIsInbox) {
  Delivery delivery({});
  delivery.add({"ann", ""}, {{authenticator_.account, "lists"}});
  delivery.write("a");
  ASSERT_TRUE(account().delete_mailbox("lists"));
  delivery.finish(0, "b");
  EXPECT_EQ(delivery.outcome(0), Outcome::delivered);
  EXPECT_THAT(messages(account(), "INBOX"), SizeIs(1));
  EXPECT_EQ(delivery.size(), 1U);
}

// Deliveries of one small message, each with its own sender, recipients and Message-ID.
class RepeatedDeliveryTest : public LmtpTest {
 protected:
  Outcome deliver(std::string_view id, std::string_view sender = "carol",
                  std::string_view mailbox = "INBOX", std::chrono::seconds memory = kDay) {
    Delivery delivery({.sender = {std::string(sender), "example.org"}, .received = {}, .date = {}},
                      memory);
    delivery.add({"ann", "example.org"}, {{authenticator_.account, std::string(mailbox)}});
    if (!id.empty()) delivery.write("Message-ID: <" + std::string(id) + ">\r\n");
    delivery.finish(0, "\r\nHello\r\n");
    return delivery.outcome(0);
  }
  std::size_t kept() { return messages(account(), "INBOX").size(); }

  static constexpr std::chrono::seconds kDay{86'400};
};

TEST_F(RepeatedDeliveryTest, TheSameMessageAndEnvelopeAreStoredOnce) {
  EXPECT_EQ(deliver("1@x"), Outcome::delivered);
  EXPECT_EQ(deliver("1@x"), Outcome::delivered_before);
  const Reply reply = reply_to(Outcome::delivered_before, false);
  EXPECT_EQ(reply.code, 250);
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(deliver("2@x"), Outcome::delivered);
  EXPECT_EQ(deliver("1@x", "list"), Outcome::delivered);  // came another way
  EXPECT_EQ(kept(), 3U);
}

TEST_F(RepeatedDeliveryTest, AMessageThatWasExpungedIsNotDeliveredAgain) {
  EXPECT_EQ(deliver("1@x"), Outcome::delivered);
  const auto inbox = account().mailbox("INBOX");
  ASSERT_TRUE(inbox);
  store::UidSet all;
  all.add(store::Uid{1});
  ASSERT_TRUE(account().expunge(inbox->id, all));
  EXPECT_EQ(deliver("1@x"), Outcome::delivered_before);
  EXPECT_EQ(kept(), 0U);
}

TEST_F(RepeatedDeliveryTest, MessagesWithoutAMessageIdAreAllNew) {
  EXPECT_EQ(deliver(""), Outcome::delivered);
  EXPECT_EQ(deliver(""), Outcome::delivered);
  EXPECT_EQ(kept(), 2U);
}

TEST_F(RepeatedDeliveryTest, NothingIsLeftOutWhereNobodyAskedForIt) {
  EXPECT_EQ(deliver("1@x"), Outcome::delivered);
  EXPECT_EQ(deliver("1@x", "carol", "INBOX", std::chrono::seconds(0)), Outcome::delivered);
  EXPECT_EQ(kept(), 2U);
}

TEST_F(RepeatedDeliveryTest, ARepetitionIsFreeForAFullAccount) {
  EXPECT_EQ(deliver("1@x"), Outcome::delivered);
  ASSERT_TRUE(account().set_quota({.bytes = 1, .messages = {}, .mailboxes = {}}));
  EXPECT_EQ(deliver("1@x"), Outcome::delivered_before);
  EXPECT_EQ(deliver("2@x"), Outcome::over_quota);
}

}  // namespace
}  // namespace mailkeep::lmtp
