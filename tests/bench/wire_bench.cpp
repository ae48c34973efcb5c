// How fast commands are cut from the input, parsed, and responses written.
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>

#include "protocol/imap/command_table.h"
#include "protocol/imap/wire/command_reader.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/encoder.h"

namespace mailkeep::imap {
namespace {

constexpr std::string_view kStore = "a1 UID STORE 17:19,4711 +FLAGS.SILENT (\\Seen $Label)\r\n";

// Pipelined commands, as a client sends them in one packet.
void read_commands(benchmark::State& state) {
  std::string packet;
  for (int i = 0; i < 100; ++i) packet += kStore;
  CommandReader reader;
  std::size_t commands = 0;
  for (auto _ : state) {
    reader.input() += packet;
    while (std::holds_alternative<CommandText>(reader.next())) ++commands;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(commands));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * packet.size()));
}
BENCHMARK(read_commands);

void read_gathered_literal(benchmark::State& state) {
  const std::string octets(static_cast<std::size_t>(state.range(0)), 'x');
  const std::string command =
      "a1 SEARCH SUBJECT {" + std::to_string(octets.size()) + "+}\r\n" + octets + "\r\n";
  CommandReader reader;
  for (auto _ : state) {
    reader.input() += command;
    ReaderEvent event = reader.next();
    if (!std::holds_alternative<NeedLiteral>(event) || !reader.gather()) {
      state.SkipWithError("no literal");
      break;
    }
    event = reader.next();
    if (!std::holds_alternative<CommandText>(event)) {
      state.SkipWithError("no command");
      break;
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * command.size()));
}
BENCHMARK(read_gathered_literal)->Arg(16)->Arg(16 * 1024);

void parse_command(benchmark::State& state, std::string_view name, std::string_view arguments) {
  for (auto _ : state) {
    Decoder decoder(arguments);
    auto command = find_command(name)->parse(decoder);
    if (!command) {
      state.SkipWithError(command.error().text.c_str());
      break;
    }
    benchmark::DoNotOptimize(command);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK_CAPTURE(parse_command, store, "UID STORE", " 17:19,4711 +FLAGS.SILENT (\\Seen $Label)");
BENCHMARK_CAPTURE(
    parse_command, fetch, "UID FETCH",
    " 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM TO CC "
    "SUBJECT REFERENCES)])");
BENCHMARK_CAPTURE(parse_command, search, "UID SEARCH",
                  " SINCE 1-Jan-2022 OR FROM alice (SUBJECT \"quarterly report\" NOT SEEN) LARGER "
                  "10000");

void write_fetch_response(benchmark::State& state) {
  const std::vector<std::string> keywords = {"$Label", "$Forwarded"};
  const std::string header(400, 'h');
  std::string out;
  Encoder encoder(out);
  std::size_t octets = 0;
  for (auto _ : state) {
    out.clear();
    encoder.raw("* ").number(4711).raw(" FETCH (UID ").number(123456).raw(" FLAGS ");
    encoder.flag_list(store::flag::seen | 1ULL << store::kFirstKeywordBit, keywords, false);
    encoder.raw(" INTERNALDATE ").date_time({1'644'228'000, 60}).raw(" BODY[HEADER] ");
    encoder.literal(header).raw(")").crlf();
    octets += out.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<std::int64_t>(octets));
}
BENCHMARK(write_fetch_response);

void write_string(benchmark::State& state, std::string_view text) {
  std::string out;
  Encoder encoder(out);
  for (auto _ : state) {
    out.clear();
    encoder.string(text);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK_CAPTURE(write_string, quoted, "Re: the quarterly report, and what we said about it");
BENCHMARK_CAPTURE(write_string, literal,
                  "Gr\xc3\xbc\xc3\x9f"
                  "e aus K\xc3\xb6ln, und was sonst noch war");

}  // namespace
}  // namespace mailkeep::imap
