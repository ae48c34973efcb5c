// The administrator's commands on a data directory of their own, with streams in memory.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "protocol/sasl/scram.h"
#include "server/admin/commands.h"
#include "store/account.h"
#include "store/store.h"

namespace mailkeep::server {

class AdminTest : public ::testing::Test {
 protected:
  struct Stored {
    std::string octets;
    store::MessageRow row;
  };

  AdminTest() {
    std::string name = (std::filesystem::temp_directory_path() / "mailkeep-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory");
    directory_ = name;
    config_.data_dir = directory_ / "data";
  }
  ~AdminTest() override { std::filesystem::remove_all(directory_); }

  // The words after "mailkeep".
  int run(const std::vector<std::string>& words, const std::string& input = "") {
    std::istringstream in(input);
    out_.str("");
    err_.str("");
    return run_admin_command({config_, out_, err_, in}, words.front(),
                             {words.begin() + 1, words.end()});
  }
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

  void add_account(const std::string& name) {
    const auto store = store::Store::open(config_.data_dir);
    if (!store->create_account(name, {})) throw std::runtime_error("cannot make an account");
  }

  std::filesystem::path path(const std::string& name) const { return directory_ / name; }
  // Makes a file, and its directories; `seconds` is its time.
  std::string write_file(const std::string& name, const std::string& content,
                         std::int64_t seconds = 0) {
    const std::filesystem::path file = path(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    if (seconds != 0) {
      const timeval times[2] = {{seconds, 0}, {seconds, 0}};
      ::utimes(file.c_str(), times);
    }
    return file.string();
  }
  static std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::vector<Stored> messages(const std::string& account, const std::string& mailbox = "INBOX") {
    const auto store = store::Store::open(config_.data_dir);
    const auto opened = store->open_account(account).value();
    const auto found = opened->mailbox(mailbox);
    if (!found) return {};
    const store::UidSet all(store::UidSet::Range{1, 0xffffffffU});
    const auto cursor = opened->messages(found->id, all, store::Detail::row).value();
    std::vector<Stored> result;
    while (cursor->next()) {
      Stored stored{"", cursor->row()};
      cursor->read(0, stored.row.size, stored.octets);
      result.push_back(std::move(stored));
    }
    return result;
  }
  std::vector<std::string> octets(const std::string& account,
                                  const std::string& mailbox = "INBOX") {
    std::vector<std::string> result;
    for (Stored& stored : messages(account, mailbox)) result.push_back(std::move(stored.octets));
    return result;
  }
  store::MailboxInfo mailbox(const std::string& account, const std::string& name) {
    const auto store = store::Store::open(config_.data_dir);
    return store->open_account(account).value()->mailbox(name).value();
  }
  // Puts messages into a mailbox, which is made if need be.
  void deliver(const std::string& account, const std::string& mailbox,
               const std::vector<std::string>& texts, const store::FlagSet& flags = {},
               store::InternalDate date = {}) {
    const auto store = store::Store::open(config_.data_dir);
    const auto opened = store->open_account(account).value();
    if (!opened->mailbox(mailbox)) opened->create_mailbox(mailbox).value();
    std::vector<store::NewMessage> batch;
    for (const std::string& text : texts) {
      batch.push_back({opened->begin_upload(), flags, date});
      batch.back().upload.write(text);
    }
    opened->append(mailbox, std::move(batch)).value();
  }

  std::filesystem::path directory_;
  Config config_;
  std::ostringstream out_;
  std::ostringstream err_;
};

}  // namespace mailkeep::server
