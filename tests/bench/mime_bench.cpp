// How fast messages are parsed, kept and decoded. MAILKEEP_CORPUS may name a folder of messages,
// which are then parsed too.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>
#ifdef MAILKEEP_GMIME
#include <gmime/gmime.h>
#endif

#include "mime/message_parser.h"
#include "mime/text/charset.h"
#include "mime/text/decoders.h"
#include "mime/text/encoded_word.h"

namespace mailkeep::mime {
namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;

std::string random_octets(std::size_t size) {
  std::mt19937 random(1);
  std::string octets(size, '\0');
  for (char& octet : octets) octet = static_cast<char>(random());
  return octets;
}

// base64 in lines of 76, as mail has it.
std::string base64_of(std::string_view octets) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i + 3 <= octets.size(); i += 3) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(octets[i + k]); };
    const unsigned bits =
        static_cast<unsigned>(at(0)) << 16 | static_cast<unsigned>(at(1)) << 8 | at(2);
    for (int shift = 18; shift >= 0; shift -= 6) out += kDigits[bits >> shift & 63];
    if (i % 57 == 54) out += "\r\n";
  }
  return out + "\r\n";
}

std::string prose(std::size_t size) {
  std::string text;
  while (text.size() < size) {
    text +=
        "The quick brown fox jumps over the lazy dog and goes home, where=20\r\n"
        "its den is =E2=80=93 so they say =E2=80=93 warm. A line without anything special.\r\n"
        "\r\n";
  }
  return text;
}

std::string large_message() {
  std::string message =
      "From: Ada Example <ada@example.org>\r\nTo: Bob Example <bob@example.org>\r\n"
      "Subject: Three pictures\r\nDate: Mon, 6 May 2024 10:00:00 +0200\r\n"
      "Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"=_outer\"\r\n\r\n--=_outer\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\n" +
      prose(4096);
  const std::string picture = base64_of(random_octets(kMegabyte / 4));
  for (int i = 0; i < 3; ++i) {
    message +=
        "\r\n--=_outer\r\nContent-Type: image/jpeg; name=picture.jpg\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=picture.jpg\r\n\r\n" +
        picture;
  }
  return message + "\r\n--=_outer--\r\n";
}

std::string small_message() {
  return "Return-Path: <ada@example.org>\r\nReceived: from mail.example.org (mail.example.org "
         "[192.0.2.1])"
         " by mx.example.org\r\n\twith ESMTPS id abcdef; Mon, 6 May 2024 10:00:01 +0200 (CEST)\r\n"
         "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=k1; h=from:to:subject;\r\n"
         " b=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst\r\n"
         "From: Ada Example <ada@example.org>\r\nTo: Bob Example <bob@example.org>, "
         "carol@example.org\r\n"
         "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from here\r\nDate: Mon, 6 May 2024 10:00:00 "
         "+0200\r\n"
         "Message-ID: <1.abcdef@example.org>\r\nMIME-Version: 1.0\r\n"
         "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n\r\n--=_b\r\n"
         "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n\r\n--=_b--\r\n";
}

void count_octets(benchmark::State& state, std::size_t octets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(octets) * state.iterations());
}

void parse(benchmark::State& state, const std::string& message) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_message(message));
  count_octets(state, message.size());
}

void BM_ParseLargeMessage(benchmark::State& state) {
  parse(state, large_message());
}
BENCHMARK(BM_ParseLargeMessage);

// What bounds the one above: finding the ends of its lines and nothing else, ...
void BM_FindLineEnds(benchmark::State& state) {
  const std::string message = large_message();
  for (auto _ : state) {
    std::size_t lines = 0;
    std::string_view rest = message;
    while (const void* const end = std::memchr(rest.data(), '\n', rest.size())) {
      rest.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(end) - rest.data()) + 1);
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
  count_octets(state, message.size());
}
BENCHMARK(BM_FindLineEnds);

// ... and all but the check whether its base64 is valid.
void BM_ParseLargeMessageUnchecked(benchmark::State& state) {
  std::string message = large_message();
  for (std::size_t at = message.find("base64"); at != std::string::npos;
       at = message.find("base64", at)) {
    message.replace(at, 6, "binary");
  }
  parse(state, message);
}
BENCHMARK(BM_ParseLargeMessageUnchecked);

void BM_ParseSmallMessage(benchmark::State& state) {
  parse(state, small_message());
}
BENCHMARK(BM_ParseSmallMessage);

void BM_ParseLargePlainText(benchmark::State& state) {
  parse(state, "A: b\r\n\r\n" + prose(kMegabyte));
}
BENCHMARK(BM_ParseLargePlainText);

void BM_ParseLargeMessageInPieces(benchmark::State& state) {
  const std::string message = large_message();
  for (auto _ : state) {
    MessageParser parser;
    for (std::size_t at = 0; at < message.size(); at += 16 * 1024) {
      parser.feed(std::string_view(message).substr(at, 16 * 1024));
    }
    benchmark::DoNotOptimize(parser.finish());
  }
  count_octets(state, message.size());
}
BENCHMARK(BM_ParseLargeMessageInPieces);

std::vector<std::string> corpus() {
  std::vector<std::string> messages;
  const char* folder = std::getenv("MAILKEEP_CORPUS");
  if (folder == nullptr) return messages;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    messages.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return messages;
}

void BM_ParseCorpus(benchmark::State& state) {
  const std::vector<std::string> messages = corpus();
  std::size_t octets = 0;
  for (const std::string& message : messages) octets += message.size();
  if (messages.empty()) {
    state.SkipWithError("MAILKEEP_CORPUS names no folder of messages");
    return;
  }
  for (auto _ : state) {
    for (const std::string& message : messages) benchmark::DoNotOptimize(parse_message(message));
  }
  count_octets(state, octets);
}
BENCHMARK(BM_ParseCorpus)->Unit(benchmark::kMillisecond);

#ifdef MAILKEEP_GMIME
void parse_by_gmime(const std::string& message) {
  GMimeStream* const stream = g_mime_stream_mem_new_with_buffer(message.data(), message.size());
  GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* const parsed = g_mime_parser_construct_message(parser, nullptr);
  if (parsed != nullptr) g_object_unref(parsed);
  g_object_unref(parser);
  g_object_unref(stream);
}

void BM_GMimeParseLargeMessage(benchmark::State& state) {
  g_mime_init();
  const std::string message = large_message();
  for (auto _ : state) parse_by_gmime(message);
  count_octets(state, message.size());
}
BENCHMARK(BM_GMimeParseLargeMessage);

void BM_GMimeParseCorpus(benchmark::State& state) {
  g_mime_init();
  const std::vector<std::string> messages = corpus();
  std::size_t octets = 0;
  for (const std::string& message : messages) octets += message.size();
  if (messages.empty()) {
    state.SkipWithError("MAILKEEP_CORPUS names no folder of messages");
    return;
  }
  for (auto _ : state) {
    for (const std::string& message : messages) parse_by_gmime(message);
  }
  count_octets(state, octets);
}
BENCHMARK(BM_GMimeParseCorpus)->Unit(benchmark::kMillisecond);
#endif

// What costs a parser most that is not linear; each grows to 64 MB, and so may the time only.
std::string repeated(std::string_view begin, std::string_view piece, std::size_t size) {
  std::string text(begin);
  text.reserve(size + piece.size());
  while (text.size() < size) text += piece;
  return text;
}

constexpr std::string_view kMultipart = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";

struct Adversary {
  const char* name;
  std::string_view begin;
  std::string_view piece;
};
constexpr Adversary kAdversaries[] = {
    {"empty_parts", kMultipart, "--b\r\n\r\n"},
    {"nested_messages", "", "Content-Type: message/rfc822\r\n\r\n"},
    {"nested_multiparts", kMultipart, "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"},
    {"almost_boundaries", kMultipart, "--a\r\n"},
    {"folded_header", "Subject:", " x\r\n"},
    {"one_line_header", "Subject: ", "x"},
    {"one_line_body", "\r\n", "x"},
    {"addresses", "To: ", "a@b,"},
    {"open_comments", "To: ", "("},
    {"parameters", "Content-Type: text/plain", "; a=b"},
    {"continuations", "Content-Type: text/plain", "; a*1=b"},
    {"content_types", "", "Content-Type: multipart/mixed; boundary=b\r\n"},
    {"bare_cr", "\r\n", "\r"},
    {"nul", "\r\n", std::string_view("\0", 1)},
    {"bad_base64", "Content-Transfer-Encoding: base64\r\n\r\n", "=A"},
    {"bad_quoted_printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=="},
};

std::size_t status_kib(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stoul(line.substr(field.size()));
  }
  return 0;
}

// By how much parsing makes the process's resident memory grow at its highest, in KiB. The message
// comes in pieces, as from a client, and is nowhere as a whole.
std::size_t peak_kib(const Adversary& adversary, std::size_t size) {
  const std::string piece = repeated("", adversary.piece, std::size_t{64} * 1024);
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
  const std::size_t before = status_kib("VmRSS:");
  MessageParser parser;
  parser.feed(adversary.begin);
  for (std::size_t fed = 0; fed < size; fed += piece.size()) parser.feed(piece);
  benchmark::DoNotOptimize(serialize(parser.finish()));
  return status_kib("VmHWM:") - before;
}

void BM_ParseAdversary(benchmark::State& state) {
  const Adversary& adversary = kAdversaries[state.range(0)];
  const std::size_t size = static_cast<std::size_t>(state.range(1)) * kMegabyte;
  const std::size_t peak = peak_kib(adversary, size);
  const std::string message = repeated(adversary.begin, adversary.piece, size);
  std::size_t kept = 0;
  for (auto _ : state) kept = serialize(parse_message(message)).size();
  count_octets(state, message.size());
  state.counters["kept_bytes"] = static_cast<double>(kept);
  state.counters["peak_kib"] = static_cast<double>(peak);
  state.SetLabel(adversary.name);
}
BENCHMARK(BM_ParseAdversary)
    ->ArgsProduct({benchmark::CreateDenseRange(0, std::size(kAdversaries) - 1, 1), {1, 8, 64}})
    ->Unit(benchmark::kMillisecond);

void BM_Serialize(benchmark::State& state) {
  const Structure structure = parse_message(small_message());
  for (auto _ : state) benchmark::DoNotOptimize(serialize(structure));
}
BENCHMARK(BM_Serialize);

void BM_Deserialize(benchmark::State& state) {
  const std::string bytes = serialize(parse_message(small_message()));
  for (auto _ : state) benchmark::DoNotOptimize(deserialize(bytes));
}
BENCHMARK(BM_Deserialize);

void decode(benchmark::State& state, TransferEncoding encoding, const std::string& text) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    TransferDecoder decoder(encoding);
    for (std::size_t at = 0; at < text.size(); at += 64 * 1024) {
      decoder.feed(std::string_view(text).substr(at, 64 * 1024), out);
    }
    decoder.finish(out);
    benchmark::DoNotOptimize(out.data());
  }
  count_octets(state, text.size());
}

void BM_DecodeBase64(benchmark::State& state) {
  decode(state, TransferEncoding::base64, base64_of(random_octets(kMegabyte)));
}
BENCHMARK(BM_DecodeBase64);

void BM_DecodeQuotedPrintable(benchmark::State& state) {
  decode(state, TransferEncoding::quoted_printable, prose(kMegabyte));
}
BENCHMARK(BM_DecodeQuotedPrintable);

void BM_DecodeHeaderText(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        decode_header_text("=?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?b?5Pb8?= from here"));
  }
}
BENCHMARK(BM_DecodeHeaderText);

void BM_FoldCaseOfAscii(benchmark::State& state) {
  const std::string text = prose(kMegabyte);
  for (auto _ : state) benchmark::DoNotOptimize(fold_case(text));
  count_octets(state, text.size());
}
BENCHMARK(BM_FoldCaseOfAscii);

void BM_FoldCaseOfCyrillic(benchmark::State& state) {
  std::string text;
  while (text.size() < kMegabyte)
    text += "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xd0\xbc\xd0\xb8\xd1\x80! ";
  for (auto _ : state) benchmark::DoNotOptimize(fold_case(text));
  count_octets(state, text.size());
}
BENCHMARK(BM_FoldCaseOfCyrillic);

}  // namespace
}  // namespace mailkeep::mime
