#include "protocol/lmtp/trace.h"

#include <gtest/gtest.h>

#include "mime/date_time.h"

namespace mailkeep::lmtp {
namespace {

TEST(Trace, DatesCanBeReadAgain) {
  for (const std::int64_t seconds : {0LL, 951782400LL, 1795381445LL, 4102444799LL}) {
    const std::chrono::system_clock::time_point time{std::chrono::seconds(seconds)};
    const auto date = mime::parse_date(format_date(time));
    ASSERT_TRUE(date) << format_date(time);
    EXPECT_EQ(date->seconds, seconds);
  }
  EXPECT_EQ(format_date({}), "Thu, 1 Jan 1970 00:00:00 +0000");
}

TEST(Trace, ReceivedSaysFromWhomByWhomAndForWhom) {
  EXPECT_EQ(received_field({.client = "mx.example",
                            .peer = "192.0.2.1:40000",
                            .hostname = "mail.example",
                            .protocol = "LMTP",
                            .id = "1a",
                            .recipient = "ann@example",
                            .time = {}}),
            "Received: from mx.example (192.0.2.1:40000)\r\n\tby mail.example with LMTP id 1a\r\n"
            "\tfor <ann@example>;\r\n\tThu, 1 Jan 1970 00:00:00 +0000\r\n");
  EXPECT_EQ(received_field({.client = "",
                            .peer = "",
                            .hostname = "mail.example",
                            .protocol = "local",
                            .id = "1a",
                            .recipient = "",
                            .time = {}}),
            "Received: by mail.example with local id 1a;\r\n\tThu, 1 Jan 1970 00:00:00 +0000\r\n");
}

TEST(Trace, MessageNamesDiffer) {
  EXPECT_NE(new_message_id(), new_message_id());
}

}  // namespace
}  // namespace mailkeep::lmtp
