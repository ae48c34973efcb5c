// The store's speed: durable appends, flag changes, reading, searching.
//
// Messages are made up: sizes are log-normal with a median of 10 KB and a mean of about 22 KB, as
// plain texts or with attachments in base64. The store lies in TMPDIR, whose disk is measured too.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "store/account.h"
#include "store/store.h"

namespace mailkeep::store {
namespace {

constexpr int kMailboxMessages = 20'000;
constexpr int kThreads = 16;
const UidSet kEverything{UidSet::Range{1, ~0U}};

template <class T>
T must(StoreResult<T> result) {
  if (!result) throw std::runtime_error(std::string(describe(result.error())));
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

const char* const kWords[] = {"time",
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

std::string make_text(std::mt19937& random, std::size_t bytes) {
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

std::string make_base64(std::mt19937& random, std::size_t bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  while (text.size() < bytes) {
    for (int i = 0; i < 76; ++i) text += kDigits[random() % 64];
    text += "\r\n";
  }
  return text;
}

std::string make_message(std::mt19937& random, int number) {
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

const std::vector<std::string>& messages() {
  static const std::vector<std::string> list = [] {
    std::mt19937 random(1);
    std::vector<std::string> made;
    for (int i = 0; i < 400; ++i) made.push_back(make_message(random, i));
    return made;
  }();
  return list;
}

NewMessage upload(Account& account, const std::string& octets) {
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

StoreOptions with_page(std::int64_t bytes) {
  StoreOptions options;
  if (bytes != 0) options.page_bytes = static_cast<std::uint32_t>(bytes);
  return options;
}

void fill(Account& account, int count) {
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

// The big mailbox that reading is measured on; made once for each page size.
BenchStore& big_mailbox(std::int64_t page_bytes = 0) {
  static std::vector<std::pair<std::int64_t, std::unique_ptr<BenchStore>>> made;
  for (auto& [bytes, store] : made) {
    if (bytes == page_bytes) return *store;
  }
  made.clear();
  made.emplace_back(page_bytes, std::make_unique<BenchStore>(with_page(page_bytes)));
  fill(made.back().second->account(), kMailboxMessages);
  made.back().second->store().maintain();
  return *made.back().second;
}

// --- writing ---

std::unique_ptr<BenchStore> shared_store;

void append(benchmark::State& state, bool distinct) {
  if (state.thread_index() == 0) {
    shared_store = std::make_unique<BenchStore>(with_page(state.range(0)), kThreads);
    messages();
  }
  std::size_t number = static_cast<std::size_t>(state.thread_index()) * 25;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    Account& account = shared_store->account(distinct ? state.thread_index() : 0);
    const std::string& octets = messages()[number++ % 400];
    std::vector<NewMessage> group;
    group.push_back(upload(account, octets));
    must(account.append("INBOX", std::move(group)));
    bytes += static_cast<std::int64_t>(octets.size());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(bytes);
  if (state.thread_index() == 0) shared_store.reset();
}
void append_distinct(benchmark::State& state) {
  append(state, true);
}
void append_same(benchmark::State& state) {
  append(state, false);
}
BENCHMARK(append_distinct)->Arg(4096)->Arg(8192)->Arg(16384)->Threads(kThreads)->UseRealTime();
BENCHMARK(append_same)->Arg(4096)->Arg(8192)->Arg(16384)->Threads(kThreads)->UseRealTime();
BENCHMARK(append_same)->Arg(4096)->Arg(8192)->Arg(16384)->Threads(1)->UseRealTime();

// One message's flag, one commit.
void change_one_flag(benchmark::State& state) {
  BenchStore& big = big_mailbox(state.range(0));
  const MailboxId inbox = big.inbox();
  std::uint32_t uid = 0;
  FlagChange change;
  change.flags.system = flag::flagged;
  std::int64_t count = 0;
  for (auto _ : state) {
    uid = (uid * 7919 + 13) % kMailboxMessages;
    change.uids = UidSet(UidSet::Range{uid + 1, uid + 1});
    change.operation =
        ++count / kMailboxMessages % 2 == 0 ? FlagOperation::add : FlagOperation::remove;
    must(std::move(big.account().change_flags(inbox, {&change, 1})[0]));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(change_one_flag)->Arg(4096)->Arg(8192)->Arg(16384)->UseRealTime();

// STORE 1:20000, adding and removing in turn.
void change_all_flags(benchmark::State& state) {
  BenchStore& big = big_mailbox(state.range(0));
  const MailboxId inbox = big.inbox();
  FlagChange change{kEverything, FlagOperation::add, {flag::answered, {}}, {}};
  for (auto _ : state) {
    must(std::move(big.account().change_flags(inbox, {&change, 1})[0]));
    change.operation =
        change.operation == FlagOperation::add ? FlagOperation::remove : FlagOperation::add;
  }
  state.SetItemsProcessed(state.iterations() * kMailboxMessages);
}
BENCHMARK(change_all_flags)
    ->Arg(4096)
    ->Arg(8192)
    ->Arg(16384)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// --- reading, of 20,000 messages ---

void walk(benchmark::State& state, Detail detail) {
  BenchStore& big = big_mailbox(state.range(0));
  const MailboxId inbox = big.inbox();
  for (auto _ : state) {
    auto cursor = must(big.account().messages(inbox, kEverything, detail));
    std::uint64_t sum = 0;
    while (cursor->next()) {
      sum += cursor->row().flags;
      if (detail == Detail::structure) sum += cursor->structure().size();
      if (detail == Detail::header) sum += cursor->header().size();
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * kMailboxMessages);
}
void read_rows(benchmark::State& state) {
  walk(state, Detail::row);
}
void read_structures(benchmark::State& state) {
  walk(state, Detail::structure);
}
void read_headers(benchmark::State& state) {
  walk(state, Detail::header);
}
BENCHMARK(read_rows)->Arg(4096)->Arg(8192)->Arg(16384)->Unit(benchmark::kMillisecond);
BENCHMARK(read_structures)->Arg(4096)->Arg(8192)->Arg(16384)->Unit(benchmark::kMillisecond);
BENCHMARK(read_headers)->Arg(4096)->Arg(8192)->Arg(16384)->Unit(benchmark::kMillisecond);

void read_bodies(benchmark::State& state) {
  BenchStore& big = big_mailbox(state.range(0));
  const MailboxId inbox = big.inbox();
  std::int64_t bytes = 0;
  std::string octets;
  for (auto _ : state) {
    auto cursor = must(big.account().messages(inbox, kEverything, Detail::row));
    while (cursor->next()) {
      octets.clear();
      cursor->read(0, cursor->row().size, octets);
      bytes += static_cast<std::int64_t>(octets.size());
    }
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(read_bodies)->Arg(4096)->Arg(8192)->Arg(16384)->Unit(benchmark::kMillisecond);

// One FETCH of one message: a cursor each.
void read_one(benchmark::State& state) {
  BenchStore& big = big_mailbox(state.range(0));
  const MailboxId inbox = big.inbox();
  std::uint32_t uid = 0;
  std::string octets;
  for (auto _ : state) {
    uid = (uid * 7919 + 13) % kMailboxMessages;
    auto cursor =
        must(big.account().messages(inbox, UidSet(UidSet::Range{uid + 1, uid + 1}), Detail::row));
    cursor->next();
    octets.clear();
    cursor->read(0, cursor->row().size, octets);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_one)->Arg(4096)->Arg(8192)->Arg(16384);

// --- searching 20,000 messages ---

void search(benchmark::State& state, const SearchQuery& query) {
  BenchStore& big = big_mailbox();
  const MailboxId inbox = big.inbox();
  std::uint64_t hits = 0;
  for (auto _ : state) hits = must(big.account().search(inbox, query)).size();
  state.counters["hits"] = static_cast<double>(hits);
}
void search_subject(benchmark::State& state) {
  search(state, SearchQuery{SearchHeader{"Subject", "invoice meeting"}});
}
void search_from(benchmark::State& state) {
  search(state, SearchQuery{SearchHeader{"From", "sender13@"}});
}
void search_since(benchmark::State& state) {
  search(state, SearchQuery{SearchDate{DateOf::internal_date, DateRelation::since, 19'760}});
}
void search_sent_since(benchmark::State& state) {
  search(state, SearchQuery{SearchDate{DateOf::sent, DateRelation::since, 19'380}});
}
void search_text(benchmark::State& state) {
  search(state, SearchQuery{SearchText{true, "nowhere to be found"}});
}
void search_body_umlaut(benchmark::State& state) {
  search(state, SearchQuery{SearchText{false,
                                       "gr\xc3\xbc\xc3\x9f"
                                       "en aus"}});
}
BENCHMARK(search_subject)->Unit(benchmark::kMillisecond);
BENCHMARK(search_from)->Unit(benchmark::kMillisecond);
BENCHMARK(search_since)->Unit(benchmark::kMillisecond);
BENCHMARK(search_sent_since)->Unit(benchmark::kMillisecond);
BENCHMARK(search_text)->Unit(benchmark::kMillisecond);
BENCHMARK(search_body_umlaut)->Unit(benchmark::kMillisecond);

// --- opening ---

// A log-in to an account whose file is closed.
void open_account(benchmark::State& state) {
  BenchStore closed({.idle_handles = std::chrono::seconds(0)});
  closed.close(0);
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(closed.store().open_account("user0")));
    state.PauseTiming();
    closed.store().maintain();
    state.ResumeTiming();
  }
}
BENCHMARK(open_account);

// A log-in to an account that is open.
void open_account_again(benchmark::State& state) {
  BenchStore open({});
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(open.store().open_account("user0")));
    benchmark::DoNotOptimize(must(open.store().password_of("user0")));
  }
}
BENCHMARK(open_account_again);

// SELECT of 100,000 messages with gaps between them.
void snapshot_with_gaps(benchmark::State& state) {
  static const auto store = [] {
    auto made = std::make_unique<BenchStore>(StoreOptions{});
    const std::string octets = "Subject: x\r\n\r\n";
    for (int group = 0; group < 100; ++group) {
      std::vector<NewMessage> many;
      for (int i = 0; i < 1000; ++i) many.push_back(upload(made->account(), octets));
      must(made->account().append("INBOX", std::move(many)));
    }
    UidSet some;
    for (std::uint32_t uid = 10; uid < 100'000; uid += 10) some.add(Uid{uid});
    must(made->account().expunge(made->inbox(), some));
    return made;
  }();
  const MailboxId inbox = store->inbox();
  for (auto _ : state) benchmark::DoNotOptimize(must(store->account().snapshot(inbox)));
}
BENCHMARK(snapshot_with_gaps)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mailkeep::store

BENCHMARK_MAIN();
