// A store in a directory of its own, with one account, for the tests of this folder.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "store/account.h"
#include "store/store.h"

namespace mailkeep::store {

// A directory that goes away with its object.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "mailkeep-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make a directory");
    path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline PasswordRecord test_password() {
  return {4096, "salt", "stored", "server"};
}

inline std::string test_message(int number, std::size_t body_bytes = 40) {
  std::string text =
      "From: someone@example.org\r\nDate: Mon, 2 Jan 2023 10:11:12 +0100\r\n"
      "Subject: Message " +
      std::to_string(number) + "\r\n\r\n";
  while (body_bytes > 0) {
    std::string line =
        "Line " + std::to_string(body_bytes) + " of number " + std::to_string(number) + "\r\n";
    line.resize(std::min(line.size(), body_bytes));
    body_bytes -= line.size();
    text += line;
  }
  return text;
}

// The value, or a failed test.
template <class T>
T must(StoreResult<T> result) {
  if (!result) throw std::runtime_error(std::string(describe(result.error())));
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() { reopen(); }

  // The store again, as after a restart.
  void reopen(const StoreOptions& options = {}) {
    account_.reset();
    store_.reset();
    store_ = Store::open(directory_.path(), options);
    if (!store_->find_account("anna")) must(store_->create_account("anna", test_password()));
    account_ = must(store_->open_account("anna"));
  }

  std::filesystem::path account_file() const {
    return directory_.path() / "accounts" / std::to_string(account_->id().value) / "mail.db";
  }

  NewMessage make_message(std::string_view octets, FlagSet flags = {}) {
    NewMessage message{account_->begin_upload(), std::move(flags), {1'700'000'000, 60}};
    message.upload.write(octets);
    return message;
  }

  StoreResult<AppendResult> try_append(std::string_view mailbox, std::string_view octets,
                                       FlagSet flags = {}) {
    std::vector<NewMessage> messages;
    messages.push_back(make_message(octets, std::move(flags)));
    return account_->append(mailbox, std::move(messages));
  }

  Uid append(std::string_view mailbox, std::string_view octets, FlagSet flags = {}) {
    AppendResult result = must(try_append(mailbox, octets, std::move(flags)));
    return Uid{result.uids.ranges().at(0).first};
  }

  void append_many(std::string_view mailbox, int count, FlagSet flags = {}) {
    std::vector<NewMessage> messages;
    for (int i = 1; i <= count; ++i) messages.push_back(make_message(test_message(i), flags));
    must(account_->append(mailbox, std::move(messages)));
  }

  MailboxInfo info(std::string_view name) { return must(account_->mailbox(name)); }
  MailboxId id(std::string_view name) { return info(name).id; }

  struct Fetched {
    MessageRow row;
    std::string octets;
    std::string header;
    std::string structure;
  };
  std::vector<Fetched> fetch(MailboxId mailbox, const UidSet& uids = everything(),
                             Detail detail = Detail::row) {
    std::vector<Fetched> list;
    auto cursor = must(account_->messages(mailbox, uids, detail));
    while (cursor->next()) {
      Fetched& fetched = list.emplace_back();
      fetched.row = cursor->row();
      fetched.structure = cursor->structure();
      fetched.header = cursor->header();
      cursor->read(0, ~std::uint64_t{0}, fetched.octets);
    }
    return list;
  }

  FlagChangeResult change(MailboxId mailbox, const FlagChange& change) {
    auto results = account_->change_flags(mailbox, {&change, 1});
    return must(std::move(results.at(0)));
  }

  static UidSet everything() { return UidSet(UidSet::Range{1, ~0U}); }
  static UidSet range(std::uint32_t first, std::uint32_t last) {
    return UidSet(UidSet::Range{first, last});
  }

  void expect_clean() {
    CheckReport report = must(account_->check());
    EXPECT_EQ(report.problems, std::vector<std::string>{});
  }

  TemporaryDirectory directory_;
  std::shared_ptr<Store> store_;
  std::shared_ptr<Account> account_;
};

}  // namespace mailkeep::store
