#include "protocol/imap/compressed_stream.h"

#include <random>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

using protocol::ReadStatus;

// A client's side: raw DEFLATE, flushed after each piece.
class Squeezer {
 public:
  Squeezer() { deflateInit2(&stream_, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY); }
  ~Squeezer() { deflateEnd(&stream_); }
  // `last`: nothing compressed follows.
  std::string operator()(std::string text, bool last = false) {
    std::string out(compressBound(text.size()) + 100, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(text.data());
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    deflate(&stream_, last ? Z_FINISH : Z_SYNC_FLUSH);
    out.resize(out.size() - stream_.avail_out);
    return out;
  }

 private:
  z_stream stream_{};
};

std::string unsqueezed(std::string text) {
  z_stream stream{};
  inflateInit2(&stream, -15);
  std::string out(4 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

// Between reads the client is silent for a second, which is told to whoever waits no longer.
class QuietStream : public DialogStream {
 public:
  bool quiet = false;
  int waits = 0;
  Awaitable<ReadStatus> read(std::string& into, std::chrono::seconds limit,
                             bool wakeable) override {
    if (quiet && !waited_ && limit <= std::chrono::seconds(1)) {
      waited_ = true;
      ++waits;
      co_return ReadStatus::timed_out;
    }
    waited_ = false;
    co_return co_await DialogStream::read(into, limit, wakeable);
  }

 private:
  bool waited_ = false;
};

class CompressedStreams : public ::testing::Test {
 protected:
  template <class T>
  T run(Awaitable<T> work) {
    boost::asio::io_context context;
    std::optional<T> result;
    boost::asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& error, T value) {
      EXPECT_FALSE(error);
      result = value;
    });
    context.run();
    return *result;
  }
  ReadStatus read(CompressedStream& stream, std::string& into) {
    return run(stream.read(into, std::chrono::seconds(60), false));
  }

  QuietStream under_;
  Squeezer squeeze_;
};

TEST_F(CompressedStreams, inflate_what_comes_however_it_is_cut) {
  std::string data = squeeze_("a NOOP\r\n");
  data += squeeze_("b NOOP\r\n");
  for (const char c : data) under_.input.emplace_back(1, c);
  CompressedStream stream(under_, "");
  std::string text;
  while (read(stream, text) == ReadStatus::data) {
  }
  EXPECT_EQ(text, "a NOOP\r\nb NOOP\r\n");
}

TEST_F(CompressedStreams, begin_with_what_came_already) {
  CompressedStream stream(under_, squeeze_("a NOOP\r\n"));
  std::string text;
  EXPECT_EQ(read(stream, text), ReadStatus::data);
  EXPECT_EQ(text, "a NOOP\r\n");
}

// RFC 8437 4: what a client sends behind UNAUTHENTICATE is not compressed, however the client ended
// what was, and however the octets are cut.
TEST_F(CompressedStreams, end_where_the_client_ends_them) {
  for (const bool last : {false, true}) {
    for (const bool cut : {false, true}) {
      Squeezer squeeze;
      std::string data = squeeze("a NOOP\r\n");
      data += squeeze("b UNAUTHENTICATE\r\n", last);
      data += "c LOGIN ann secret\r\n";
      under_.input.clear();
      if (cut) {
        for (const char c : data) under_.input.emplace_back(1, c);
      } else {
        under_.input.push_back(data);
      }
      CompressedStream stream(under_, "");
      std::string text;
      while (!text.ends_with("b UNAUTHENTICATE\r\n")) {
        ASSERT_EQ(read(stream, text), ReadStatus::data);
      }
      EXPECT_EQ(text, "a NOOP\r\nb UNAUTHENTICATE\r\n");
      std::string plain;
      ASSERT_TRUE(run(stream.end_input(plain, std::chrono::seconds(60))));
      for (const std::string& rest : under_.input) plain += rest;
      EXPECT_EQ(plain, "c LOGIN ann secret\r\n") << last << cut;
    }
  }
}

TEST_F(CompressedStreams, end_with_their_last_write) {
  CompressedStream stream(under_, "");
  under_.output.clear();
  ASSERT_TRUE(run(stream.write("* OK x\r\n")));
  stream.end_output();
  ASSERT_TRUE(run(stream.write("a OK done\r\n")));
  EXPECT_EQ(unsqueezed(under_.output), "* OK x\r\na OK done\r\n");
  z_stream end{};
  inflateInit2(&end, -15);
  std::string out(1000, '\0');
  end.next_in = reinterpret_cast<Bytef*>(under_.output.data());
  end.avail_in = static_cast<uInt>(under_.output.size());
  end.next_out = reinterpret_cast<Bytef*>(out.data());
  end.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&end, Z_SYNC_FLUSH), Z_STREAM_END);
  EXPECT_EQ(end.avail_in, 0U);
  inflateEnd(&end);
}

TEST_F(CompressedStreams, give_bombs_out_in_pieces) {
  under_.input.push_back(squeeze_(std::string(16 << 20, 'x')));
  CompressedStream stream(under_, "");
  std::size_t total = 0;
  for (;;) {
    std::string text;
    if (read(stream, text) != ReadStatus::data) break;
    EXPECT_LE(text.size(), protocol::Stream::kReadBytes);
    total += text.size();
  }
  EXPECT_EQ(total, std::size_t{16 << 20});
}

TEST_F(CompressedStreams, end_at_what_is_no_deflate) {
  under_.input.emplace_back("\xff\xff\xff\xff");
  CompressedStream stream(under_, "");
  std::string text;
  EXPECT_EQ(read(stream, text), ReadStatus::closed);
  EXPECT_EQ(read(stream, text), ReadStatus::closed);
}

TEST_F(CompressedStreams, give_memory_back_while_idle_and_go_on) {
  under_.quiet = true;
  std::string expected;
  std::string text;
  CompressedStream stream(under_, "");
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::string command = "tag" + std::to_string(i) + " NOOP " + std::to_string(random()) + "\r\n";
    under_.input.push_back(squeeze_(command));
    expected += command;
    ASSERT_EQ(read(stream, text), ReadStatus::data);
    ASSERT_TRUE(run(stream.write("* OK " + command)));
    under_.end = ReadStatus::woken;  // the idle wait ends so
    ASSERT_EQ(read(stream, text), ReadStatus::woken);
    EXPECT_LT(stream.held_bytes(), 2'000U) << "round " << i;
  }
  EXPECT_EQ(text, expected);
  EXPECT_GE(under_.waits, 20);
  const std::string output = unsqueezed(under_.output);
  EXPECT_EQ(output.size(), expected.size() + 20 * 5);
  EXPECT_TRUE(output.starts_with("* OK tag0 NOOP "));
}

TEST_F(CompressedStreams, write_much) {
  CompressedStream stream(under_, "");
  std::string text;
  std::mt19937 random(1);
  while (text.size() < 1'000'000) text += std::to_string(random());
  ASSERT_TRUE(run(stream.write(text)));
  EXPECT_LT(under_.output.size(), text.size());
  EXPECT_EQ(unsqueezed(under_.output), text);
}

TEST_F(CompressedStreams, cannot_start_tls) {
  under_.tls_possible = true;
  CompressedStream stream(under_, "");
  EXPECT_FALSE(stream.can_start_tls());
  EXPECT_FALSE(run(stream.start_tls()));
}

}  // namespace
}  // namespace mailkeep::imap
