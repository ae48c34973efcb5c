// An LMTP session over memory, on a real store in a temporary directory.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "protocol/lmtp/session.h"
#include "tests/unit/protocol/pop3/pop3_fixture.h"

namespace mailkeep::lmtp {

class InlineDeliveries : public DeliveryPool {
 public:
  std::size_t jobs = 0;
  void submit(store::AccountId, std::move_only_function<void()> work) override {
    ++jobs;
    work();
  }
};

// Finds accounts by their local part; other outcomes by name.
class FakeAddressBook : public AddressBook {
 public:
  std::map<std::string, std::vector<Destination>> known;

  std::expected<std::vector<Destination>, AddressError> find(const Address& address) override {
    if (address.local_part == "broken") throw std::runtime_error("address book broke");
    if (address.local_part == "suspended") return std::unexpected(AddressError::suspended);
    const auto found = known.find(address.local_part);
    if (found == known.end()) return std::unexpected(AddressError::unknown);
    return found->second;
  }
};

class RecordedDeliveries : public DeliveryLog {
 public:
  std::vector<std::string> events;
  void delivered(const DeliveryEvent& event) override {
    events.push_back(std::string(event.sender) + " -> " + std::string(event.recipient) + ' ' +
                     std::to_string(event.code) + ' ' + std::to_string(event.size));
  }
};

class LmtpTest : public pop3::Pop3Test {
 protected:
  LmtpTest() {
    EXPECT_TRUE(store_->create_account("bob", {}));
    bob_ = store_->open_account("bob").value();
    EXPECT_TRUE(account().create_mailbox("lists"));
    addresses_.known["ann"] = {{authenticator_.account, "INBOX"}};
    addresses_.known["ann+lists"] = {{authenticator_.account, "lists"}};
    addresses_.known["bob"] = {{bob_, "INBOX"}};
    addresses_.known["both"] = {{authenticator_.account, "INBOX"}, {bob_, "INBOX"}};
  }
  ~LmtpTest() override {
    addresses_.known.clear();
    bob_.reset();
  }

  // Runs a session to its end; the replies after the greeting.
  std::string run() {
    boost::asio::io_context context;
    Session session(stream_, {pool_, deliveries_, addresses_, events_, log_, lmtp_settings_});
    boost::asio::co_spawn(context, session.run(), [](const std::exception_ptr& error) {
      EXPECT_FALSE(error) << "the session threw";
    });
    context.run();
    return stream_.output.substr(stream_.output.find('\n') + 1);
  }
  // The replies after LHLO, all at once.
  std::string run_greeted(const std::string& input) {
    stream_.say("LHLO mx.example\r\n" + input);
    const std::string replies = run();
    const std::size_t last = replies.find("\r\n", replies.find("250 "));
    return replies.substr(last + 2);
  }
  // The same cut into single octets.
  std::string run_dripping(const std::string& input) {
    stream_.say("LHLO mx.example\r\n");
    for (const char c : input) stream_.say(std::string(1, c));
    const std::string replies = run();
    return replies.substr(replies.find("\r\n", replies.find("250 ")) + 2);
  }

  static std::vector<std::string> messages(store::Account& account, std::string_view mailbox) {
    std::vector<std::string> all;
    const auto info = account.mailbox(mailbox);
    auto cursor = account.messages(info->id, store::UidSet({1, 1000}), store::Detail::row);
    while ((*cursor)->next()) {
      (*cursor)->read(0, (*cursor)->row().size, all.emplace_back());
    }
    return all;
  }

  std::shared_ptr<store::Account> bob_;
  InlineDeliveries deliveries_;
  FakeAddressBook addresses_;
  RecordedDeliveries log_;
  Settings lmtp_settings_;
};

}  // namespace mailkeep::lmtp
