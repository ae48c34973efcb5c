#include "protocol/imap/wire/encoder.h"

#include <functional>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {
namespace {

using namespace std::string_literals;

std::string written(const std::function<void(Encoder&)>& write, bool utf8 = false) {
  std::string out;
  Encoder encoder(out);
  encoder.set_utf8(utf8);
  write(encoder);
  return out;
}

std::string as_string(std::string_view octets, bool utf8 = false) {
  return written([&](Encoder& e) { e.string(octets); }, utf8);
}
std::string as_astring(std::string_view octets) {
  return written([&](Encoder& e) { e.astring(octets); });
}
std::string as_mailbox(std::string_view name, bool utf8 = false) {
  return written([&](Encoder& e) { e.mailbox(name); }, utf8);
}
std::string as_date_time(std::int64_t seconds, std::int32_t zone) {
  return written([&](Encoder& e) { e.date_time({seconds, zone}); });
}
std::string as_text(std::string_view words) {
  return written([&](Encoder& e) { e.text(words); });
}

TEST(Encoder, quotes_what_can_be_quoted) {
  EXPECT_EQ(as_string(""), "\"\"");
  EXPECT_EQ(as_string("abc def"), "\"abc def\"");
  EXPECT_EQ(as_string("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(as_string("\x01\t\x7f"), "\"\x01\t\x7f\"");
  EXPECT_EQ(as_string(std::string(1'000, 'x')), "\"" + std::string(1'000, 'x') + "\"");
}

TEST(Encoder, writes_literals_where_quotes_cannot_be) {
  EXPECT_EQ(as_string("a\nb"), "{3}\r\na\nb");
  EXPECT_EQ(as_string("a\rb"), "{3}\r\na\rb");
  EXPECT_EQ(as_string("\xc3\xa9"), "{2}\r\n\xc3\xa9");
  EXPECT_EQ(as_string(std::string(1'001, 'x')), "{1001}\r\n" + std::string(1'001, 'x'));
}

TEST(Encoder, replaces_nul_in_literals) {
  EXPECT_EQ(as_string("a\0b\0"s),
            "{4}\r\na\x80"
            "b\x80");
  EXPECT_EQ(written([](Encoder& e) { e.literal("\0"s); }), "{1}\r\n\x80");
  EXPECT_EQ(written([](Encoder& e) { e.literal8("\0"s); }), "~{1}\r\n\0"s);
  EXPECT_EQ(written([](Encoder& e) {
              e.literal_header(4).literal_octets("\0a"s).literal_octets("b\0"s);
            }),
            "{4}\r\n\x80"
            "ab\x80");
}

TEST(Encoder, quotes_utf8_once_the_client_takes_it) {
  EXPECT_EQ(as_string("caf\xc3\xa9", true), "\"caf\xc3\xa9\"");
  EXPECT_EQ(as_string("caf\xe9", true), "{4}\r\ncaf\xe9");
}

TEST(Encoder, writes_numbers) {
  EXPECT_EQ(written([](Encoder& e) { e.number(0).sp().number(~std::uint64_t{0}); }),
            "0 18446744073709551615");
}

TEST(Encoder, writes_nil_for_nothing) {
  EXPECT_EQ(written([](Encoder& e) { e.nstring(std::nullopt).sp().nstring("NIL"); }),
            "NIL \"NIL\"");
}

TEST(Encoder, writes_atoms_where_an_astring_can_be_one) {
  EXPECT_EQ(as_astring("INBOX"), "INBOX");
  EXPECT_EQ(as_astring("a]b/c&-"), "a]b/c&-");
  EXPECT_EQ(as_astring(""), "\"\"");
  EXPECT_EQ(as_astring("nil"), "\"nil\"");
  EXPECT_EQ(as_astring("a b"), "\"a b\"");
  EXPECT_EQ(as_astring("a%"), "\"a%\"");
  EXPECT_EQ(as_astring("a(b"), "\"a(b\"");
  EXPECT_EQ(as_astring("\xff"), "{1}\r\n\xff");
}

TEST(Encoder, writes_mailbox_names) {
  EXPECT_EQ(as_mailbox("caf\xc3\xa9 & co"), "\"caf&AOk- &- co\"");
  EXPECT_EQ(as_mailbox("Sent"), "Sent");
  EXPECT_EQ(as_mailbox("caf\xc3\xa9", true), "\"caf\xc3\xa9\"");
}

TEST(Encoder, writes_internal_dates) {
  EXPECT_EQ(as_date_time(0, 0), "\" 1-Jan-1970 00:00:00 +0000\"");
  EXPECT_EQ(as_date_time(837'596'665, -420), "\"17-Jul-1996 02:44:25 -0700\"");
  EXPECT_EQ(as_date_time(-1, 330), "\" 1-Jan-1970 05:29:59 +0530\"");
  EXPECT_EQ(as_date_time(951'782'400, 0), "\"29-Feb-2000 00:00:00 +0000\"");
}

TEST(Encoder, shows_dates_out_of_four_digits_as_the_nearest) {
  EXPECT_EQ(as_date_time(INT64_MIN, 0), "\" 1-Jan-0000 00:00:00 +0000\"");
  EXPECT_EQ(as_date_time(INT64_MIN, -60), "\" 1-Jan-0000 00:00:00 -0100\"");
  EXPECT_EQ(as_date_time(INT64_MAX, 60), "\"31-Dec-9999 23:59:59 +0100\"");
  EXPECT_EQ(as_date_time(0, INT32_MAX), "\" 1-Jan-1970 23:59:00 +2359\"");
  EXPECT_EQ(as_date_time(0, INT32_MIN), "\"31-Dec-1969 00:01:00 -2359\"");
}

TEST(Encoder, dates_are_read_as_they_were_written) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 5'000; ++i) {
    const store::InternalDate date{
        static_cast<std::int64_t>(random() % 315'000'000'000ULL) - 62'000'000'000,
        static_cast<std::int32_t>(random() % 2'879) - 1'439};
    const std::string out = as_date_time(date.seconds, date.zone_minutes);
    ASSERT_EQ(Decoder(out).date_time(), date) << out;
  }
}

TEST(Encoder, writes_uid_sets) {
  store::UidSet set;
  EXPECT_EQ(written([&](Encoder& e) { e.uid_set(set); }), "");
  set.add({1, 3});
  set.add(store::Uid{7});
  set.add({9, 4'294'967'295});
  EXPECT_EQ(written([&](Encoder& e) { e.uid_set(set); }), "1:3,7,9:4294967295");
}

TEST(Encoder, writes_flag_lists) {
  const std::vector<std::string> keywords = {"$Forwarded", "work"};
  const auto list = [&](store::FlagBits flags, bool recent) {
    return written([&](Encoder& e) { e.flag_list(flags, keywords, recent); });
  };
  EXPECT_EQ(list(0, false), "()");
  EXPECT_EQ(list(0, true), "(\\Recent)");
  EXPECT_EQ(list(store::flag::system, false), "(\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
  EXPECT_EQ(list(store::flag::seen | 32 | 64, true), "(\\Seen \\Recent $Forwarded work)");
  EXPECT_EQ(list(64, false), "(work)");
}

TEST(Encoder, leaves_out_keywords_that_the_grammar_cannot_say) {
  const std::vector<std::string> keywords = {"a b", "ok", "", "x\r\n"};
  EXPECT_EQ(written([&](Encoder& e) { e.flag_list(~store::FlagBits{31}, keywords, false); }),
            "(ok)");
}

TEST(Encoder, writes_response_text_of_anything) {
  EXPECT_EQ(as_text("All fine"), "All fine");
  EXPECT_EQ(as_text("a\r\nb\0c\xc3\xa9"s), "a??b?c??");
  EXPECT_EQ(as_text("[ALERT] x"), "(ALERT] x");
  EXPECT_FALSE(as_text("").empty());
}

TEST(Encoder, strings_are_read_as_they_were_written) {
  std::mt19937 random(11);
  for (int i = 0; i < 5'000; ++i) {
    std::string octets(random() % 40, '\0');
    const unsigned range = i % 2 == 0 ? 255 : 126;
    for (char& c : octets) c = static_cast<char>(1 + random() % range);
    const std::string out = as_string(octets);
    Decoder decoder(out);
    ASSERT_EQ(decoder.string(), octets);
    ASSERT_TRUE(decoder.at_end());
    const std::string atom = as_astring(octets);
    ASSERT_EQ(Decoder(atom).astring(), octets);
  }
}

}  // namespace
}  // namespace mailkeep::imap
