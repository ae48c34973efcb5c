#include "store/content_frame.h"

#include <random>

#include <gtest/gtest.h>

#include "store/message_hash.h"
#include "store/message_upload.h"
#include "store/spool_file.h"
#include "store/sqlite/error.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

std::string base64_noise(std::size_t bytes) {
  std::mt19937 random(2);
  std::string text;
  while (text.size() < bytes) {
    text += static_cast<char>(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random() % 64]);
  }
  return text;
}

std::string prose(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += "Line number " + std::to_string(i) + "\r\n";
  text.resize(bytes);
  return text;
}

TEST(ContentFrame, TextIsCompressedAndBase64IsNot) {
  std::string kept;
  EXPECT_EQ(encode_frame(prose(20'000), kept), FrameCodec::zstd);
  EXPECT_LT(kept.size(), 10'000U);
  kept.clear();
  EXPECT_EQ(encode_frame(base64_noise(20'000), kept), FrameCodec::raw);
  EXPECT_EQ(kept.size(), 20'000U);
  kept.clear();
  EXPECT_EQ(encode_frame("short", kept), FrameCodec::raw);
}

TEST(ContentFrame, DecodesToTheSameOctets) {
  for (std::size_t size : {0U, 1U, 255U, 256U, 257U, 5000U, 8192U, 100'000U, 262'144U}) {
    for (const std::string& octets : {prose(size), base64_noise(size)}) {
      std::string kept = "before";
      const FrameCodec codec = encode_frame(octets, kept);
      ASSERT_TRUE(kept.starts_with("before"));
      std::string out = "start ";
      decode_frame(codec, std::string_view(kept).substr(6), octets.size(), out);
      ASSERT_TRUE(out == "start " + octets) << size;
    }
  }
}

TEST(ContentFrame, DamageIsAnError) {
  std::string kept;
  const std::string octets = prose(5000);
  ASSERT_EQ(encode_frame(octets, kept), FrameCodec::zstd);
  std::string out;
  EXPECT_THROW(decode_frame(FrameCodec::zstd, kept, 4999, out), sqlite::Error);
  EXPECT_THROW(decode_frame(FrameCodec::zstd, kept, 5001, out), sqlite::Error);
  EXPECT_THROW(decode_frame(FrameCodec::raw, kept, 5000, out), sqlite::Error);
  EXPECT_THROW(decode_frame(FrameCodec::zstd, "no frame at all", 10, out), sqlite::Error);
  EXPECT_TRUE(out.empty());
  trim_frame_contexts();
  decode_frame(FrameCodec::zstd, kept, 5000, out);
  EXPECT_EQ(out, octets);
}

TEST(MessageHash, IsSha256OfAllPieces) {
  MessageHash hash;
  hash.update("a");
  hash.update("bc");
  const std::string digest = hash.finish();
  EXPECT_EQ(digest.size(), kMessageHashBytes);
  EXPECT_EQ(digest.substr(0, 4), "\xba\x78\x16\xbf");
}

TEST(SpoolFile, HasNoNameAndGivesBackWhatWasWritten) {
  TemporaryDirectory directory;
  SpoolFile spool(directory.path());
  EXPECT_EQ(spool.append("first"), 0U);
  EXPECT_EQ(spool.append("second"), 5U);
  std::string out;
  spool.read(3, 4, out);
  EXPECT_EQ(out, "stse");
  EXPECT_THROW(spool.read(9, 10, out), std::system_error);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  EXPECT_THROW(SpoolFile(directory.path() / "missing"), std::system_error);
}

}  // namespace
}  // namespace mailkeep::store
