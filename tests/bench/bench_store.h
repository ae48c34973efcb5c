// What the store's benchmarks share: made-up messages and a store that goes away with its object.
//
// Sizes are log-normal with a median of 10 KB and a mean of about 22 KB, as plain texts or with
// attachments in base64. The store lies in TMPDIR, whose disk is measured too.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "store/account.h"
#include "store/store.h"

namespace mailkeep::store {

inline constexpr int kMailboxMessages = 20'000;
inline constexpr int kThreads = 16;
inline const UidSet kEverything{UidSet::Range{1, ~0U}};

template <class T>
T must(StoreResult<T> result) {
  if (!result) throw std::runtime_error(std::string(describe(result.error())));
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline const char* const kWords[] = {"time",
                                     "year",
                                     "people",
                                     "way",
                                     "invoice",
                                     "meeting",
                                     "quarter",
                                     "budget",
                                     "release",
                                     "patch",
                                     "branch",
                                     "deploy",
                                     "order",
                                     "school",
                                     "reason",
                                     "world",
                                     "number",
                                     "Gr\xc3\xbc\xc3\x9f"
                                     "e"};

inline std::string make_text(std::mt19937& random, std::size_t bytes) {
  std::string text;
  std::size_t line = 0;
  while (text.size() < bytes) {
    std::string_view word = kWords[random() % std::size(kWords)];
    text += word;
    line += word.size() + 1;
    if (line > 70) {
      text += "\r\n";
      line = 0;
    } else {
      text += ' ';
    }
  }
  return text + "\r\n";
}

inline std::string make_base64(std::mt19937& random, std::size_t bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  while (text.size() < bytes) {
    for (int i = 0; i < 76; ++i) text += kDigits[random() % 64];
    text += "\r\n";
  }
  return text;
}

inline std::string make_message(std::mt19937& random, int number) {
  std::lognormal_distribution<double> sizes(std::log(10'000.0), 1.25);
  const auto bytes = static_cast<std::size_t>(std::clamp(sizes(random), 2000.0, 300'000.0));
  std::string header = "Return-Path: <sender" + std::to_string(number % 97) + "@example.org>\r\n";
  for (int hop = 0; hop < 3; ++hop) {
    header += "Received: from mx" + std::to_string(hop) +
              ".example.org (mx.example.org "
              "[192.0.2." +
              std::to_string(random() % 250) +
              "])\r\n\tby mail.example.net with "
              "ESMTPS id " +
              std::to_string(random()) +
              "\r\n\tfor <someone@example.net>; Mon, 2 "
              "Jan 2023 10:11:12 +0100\r\n";
  }
  header += "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org;\r\n\tb=" +
            make_base64(random, 300).substr(0, 76) + "\r\n";
  header += "From: Sender " + std::to_string(number % 97) + " <sender" +
            std::to_string(number % 97) +
            "@example.org>\r\nTo: Someone <someone@example.net>\r\n"
            "Subject: " +
            make_text(random, 30);
  header += "Date: Mon, " + std::to_string(1 + number % 28) +
            " Jan 2023 10:11:12 +0100\r\nMessage-ID: <" + std::to_string(number) +
            "@example.org>\r\nMIME-Version: 1.0\r\n";
  if (random() % 2 == 0 || bytes < 6000) {
    return header + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + make_text(random, bytes);
  }
  return header +
         "Content-Type: multipart/mixed; boundary=\"cut\"\r\n\r\n--cut\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
         make_text(random, 2000) +
         "\r\n--cut\r\nContent-Type: application/pdf; name=\"paper.pdf\"\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         make_base64(random, bytes - 2000) + "\r\n--cut--\r\n";
}

inline const std::vector<std::string>& messages() {
  static const std::vector<std::string> list = [] {
    std::mt19937 random(1);
    std::vector<std::string> made;
    for (int i = 0; i < 400; ++i) made.push_back(make_message(random, i));
    return made;
  }();
  return list;
}

inline NewMessage upload(Account& account, const std::string& octets) {
  NewMessage message{account.begin_upload(), {}, {1'700'000'000, 0}};
  message.upload.write(octets);
  return message;
}

// A store with one account a thread, gone with its object.
class BenchStore {
 public:
  explicit BenchStore(const StoreOptions& options, int accounts = 1) {
    std::string path = (std::filesystem::temp_directory_path() / "mailkeep-bench-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make a directory");
    path_ = path;
    store_ = Store::open(path_, options);
    for (int i = 0; i < accounts; ++i) {
      const std::string name = "user" + std::to_string(i);
      must(store_->create_account(name, {}));
      accounts_.push_back(must(store_->open_account(name)));
    }
  }
  ~BenchStore() {
    accounts_.clear();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  BenchStore(const BenchStore&) = delete;
  BenchStore& operator=(const BenchStore&) = delete;

  Store& store() { return *store_; }
  Account& account(int number = 0) { return *accounts_[static_cast<std::size_t>(number)]; }
  MailboxId inbox(int number = 0) { return must(account(number).mailbox("INBOX")).id; }
  void close(int number) { accounts_[static_cast<std::size_t>(number)].reset(); }
  std::filesystem::path path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::shared_ptr<Store> store_;
  std::vector<std::shared_ptr<Account>> accounts_;
};

inline StoreOptions with_page(std::int64_t bytes) {
  StoreOptions options;
  if (bytes != 0) options.page_bytes = static_cast<std::uint32_t>(bytes);
  options.text_index = false;
  return options;
}

inline void fill(Account& account, int count) {
  for (int made = 0; made < count;) {
    std::vector<NewMessage> group;
    for (int i = 0; i < 100 && made < count; ++i, ++made) {
      group.push_back(upload(account, messages()[static_cast<std::size_t>(made) % 400]));
      if (made % 3 == 0) group.back().flags.system = flag::seen;
      group.back().internal_date.seconds += made * 600;
    }
    must(account.append("INBOX", std::move(group)));
  }
}

}  // namespace mailkeep::store
