// The store's speed: durable appends, flag changes, reading, searching.
#include <benchmark/benchmark.h>

#include "tests/bench/bench_store.h"

namespace mailkeep::store {
namespace {

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

void create_100_accounts(benchmark::State& state) {
  BenchStore store({});
  int number = 0;
  for (auto _ : state) {
    std::vector<NewAccount> accounts;
    for (int i = 0; i < 100; ++i) accounts.push_back({"new" + std::to_string(++number), {}});
    benchmark::DoNotOptimize(store.store().create_accounts(accounts));
  }
}
BENCHMARK(create_100_accounts)->UseRealTime()->Unit(benchmark::kMillisecond);

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

}  // namespace
}  // namespace mailkeep::store

BENCHMARK_MAIN();
