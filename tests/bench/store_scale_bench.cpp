// The store's speed at what is kept for it: the text index, sort keys, what changed in a mailbox of
// 100,000 messages.
#include <chrono>

#include <benchmark/benchmark.h>

#include "tests/bench/bench_store.h"

namespace mailkeep::store {
namespace {

// With the text index, whose making is timed on its own.
BenchStore& indexed_mailbox() {
  static const auto store = [] {
    auto made = std::make_unique<BenchStore>(StoreOptions{});
    fill(made->account(), kMailboxMessages);
    return made;
  }();
  return *store;
}

void make_text_index(benchmark::State& state) {
  BenchStore& big = indexed_mailbox();
  const auto file = big.path() / "accounts" / "1" / "text.db";
  for (auto _ : state) {
    // A call that ends early had nothing left to do.
    for (auto took = std::chrono::milliseconds(400); took > std::chrono::milliseconds(300);) {
      const auto begin = std::chrono::steady_clock::now();
      big.store().index_texts();
      took = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - begin);
    }
  }
  state.counters["index_bytes"] = static_cast<double>(std::filesystem::file_size(file));
  state.counters["mail_bytes"] =
      static_cast<double>(std::filesystem::file_size(file.parent_path() / "mail.db"));
}
void search_indexed(benchmark::State& state, const SearchQuery& query) {
  BenchStore& big = indexed_mailbox();
  const MailboxId inbox = big.inbox();
  std::uint64_t hits = 0;
  for (auto _ : state) hits = must(big.account().search(inbox, query)).size();
  state.counters["hits"] = static_cast<double>(hits);
}
void indexed_text_nowhere(benchmark::State& state) {
  search_indexed(state, SearchQuery{SearchText{true, "nowhere to be found"}});
}
void indexed_text_number(benchmark::State& state) {
  search_indexed(state, SearchQuery{SearchText{true, "number 123"}});
}
void indexed_body_umlaut(benchmark::State& state) {
  search_indexed(state, SearchQuery{SearchText{false,
                                               "gr\xc3\xbc\xc3\x9f"
                                               "en aus"}});
}
void indexed_subject(benchmark::State& state) {
  search_indexed(state, SearchQuery{SearchHeader{"Subject", "invoice meeting"}});
}
void indexed_from(benchmark::State& state) {
  search_indexed(state, SearchQuery{SearchHeader{"From", "sender13@"}});
}
BENCHMARK(make_text_index)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(indexed_text_nowhere)->Unit(benchmark::kMillisecond);
BENCHMARK(indexed_text_number)->Unit(benchmark::kMillisecond);
BENCHMARK(indexed_body_umlaut)->Unit(benchmark::kMillisecond);
BENCHMARK(indexed_subject)->Unit(benchmark::kMillisecond);
BENCHMARK(indexed_from)->Unit(benchmark::kMillisecond);

// --- sorting and threading 20,000 messages: what they compare ---

void sort_dates(benchmark::State& state) {
  BenchStore& big = indexed_mailbox();
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(big.account().sort_keys(
        big.inbox(), kEverything, SortDetail::dates, Comparator::unicode_casemap)));
  }
}
void sort_everything(benchmark::State& state) {
  BenchStore& big = indexed_mailbox();
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(big.account().sort_keys(
        big.inbox(), kEverything, SortDetail::everything, Comparator::unicode_casemap)));
  }
}
BENCHMARK(sort_dates)->Unit(benchmark::kMillisecond);
BENCHMARK(sort_everything)->Unit(benchmark::kMillisecond);

// --- 100,000 small messages ---

constexpr std::uint32_t kMany = 100'000;

std::unique_ptr<BenchStore> make_many() {
  StoreOptions options;
  options.text_index = false;
  auto made = std::make_unique<BenchStore>(options);
  const std::string octets = "Subject: x\r\n\r\n";
  for (std::uint32_t group = 0; group < kMany / 1000; ++group) {
    std::vector<NewMessage> many;
    for (int i = 0; i < 1000; ++i) many.push_back(upload(made->account(), octets));
    must(made->account().append("INBOX", std::move(many)));
  }
  return made;
}
BenchStore& many_messages() {
  static const auto store = make_many();
  return *store;
}

void change_many_flags(benchmark::State& state) {
  BenchStore& many = many_messages();
  const MailboxId inbox = many.inbox();
  FlagChange change{kEverything, FlagOperation::add, {flag::answered, {}}, {}};
  for (auto _ : state) {
    must(std::move(many.account().change_flags(inbox, {&change, 1})[0]));
    change.operation =
        change.operation == FlagOperation::add ? FlagOperation::remove : FlagOperation::add;
  }
}
void copy_20000(benchmark::State& state) {
  BenchStore& many = many_messages();
  const MailboxId inbox = many.inbox();
  for (auto _ : state) {
    must(many.account().copy(inbox, UidSet(UidSet::Range{1, 20'000}), "Archive"));
  }
}
void move_20000(benchmark::State& state) {
  BenchStore& many = many_messages();
  const std::vector<std::string> names{"Archive", "Trash"};
  std::size_t from = 0;
  for (auto _ : state) {
    const MailboxInfo info = must(many.account().mailbox(names[from]));
    const UidSet uids(UidSet::Range{info.uid_next.value - 20'000, info.uid_next.value - 1});
    must(many.account().move(info.id, uids, names[1 - from]));
    from = 1 - from;
  }
}
// What SELECT with QRESYNC asks, after ten changes.
void resynchronize(benchmark::State& state) {
  BenchStore& many = many_messages();
  const MailboxId inbox = many.inbox();
  const Modseq before = must(many.account().mailbox("INBOX")).highest_modseq;
  FlagChange change{{}, FlagOperation::add, {flag::flagged, {}}, {}};
  for (std::uint32_t i = 0; i < 10; ++i) {
    change.uids = UidSet(UidSet::Range{50'000 + i * 1000, 50'000 + i * 1000});
    must(std::move(many.account().change_flags(inbox, {&change, 1})[0]));
  }
  must(many.account().expunge(inbox, UidSet(UidSet::Range{77'777, 77'777})));
  for (auto _ : state) {
    benchmark::DoNotOptimize(must(many.account().snapshot(inbox)));
    benchmark::DoNotOptimize(must(many.account().changes_since(inbox, before)));
  }
}
BENCHMARK(change_many_flags)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(copy_20000)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(move_20000)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(resynchronize)->Unit(benchmark::kMillisecond);

// SELECT of 100,000 messages with gaps between them.
void snapshot_with_gaps(benchmark::State& state) {
  static const auto store = [] {
    auto made = make_many();
    UidSet some;
    for (std::uint32_t uid = 10; uid < kMany; uid += 10) some.add(Uid{uid});
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
