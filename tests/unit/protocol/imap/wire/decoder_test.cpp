#include "protocol/imap/wire/decoder.h"

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/imap/wire/sequence_set.h"

namespace mailkeep::imap {
namespace {

using namespace std::string_literals;

// What one token of `text` is read as: the value, what is left behind it, or "!" and the octet
// where it fails.
template <class Read>
std::string read(std::string_view text, Read token) {
  Decoder decoder(text);
  const auto value = token(decoder);
  if (!value) return "!" + std::to_string(value.error().position);
  return std::string(*value) + "|" + std::string(decoder.rest());
}

std::string atom(std::string_view text) {
  return read(text, [](Decoder& d) { return d.atom(); });
}
std::string tag(std::string_view text) {
  return read(text, [](Decoder& d) { return d.tag(); });
}
std::string string(std::string_view text) {
  return read(text, [](Decoder& d) { return d.string(); });
}
std::string astring(std::string_view text) {
  return read(text, [](Decoder& d) { return d.astring(); });
}
std::string list_mailbox(std::string_view text) {
  return read(text, [](Decoder& d) { return d.list_mailbox(); });
}
std::string mailbox(std::string_view text, bool utf8 = false) {
  const Grammar grammar{.utf8 = utf8};
  return read(text, [&](Decoder& d) {
    d = Decoder(text, grammar);
    return d.mailbox();
  });
}

TEST(Decoder, reads_atoms) {
  EXPECT_EQ(atom("abc def"), "abc| def");
  EXPECT_EQ(atom("a[b+c}"), "a[b+c}|");
  EXPECT_EQ(atom("a]b"), "a|]b");
  for (const char special : "(){ %*\"\\]\x7f\x01\xff"s) {
    if (special == '}') continue;
    EXPECT_EQ(atom(std::string(1, special)), "!0") << static_cast<int>(special);
    EXPECT_EQ(atom(std::string("x") + special), std::string("x|") + special);
  }
  EXPECT_EQ(atom(""), "!0");
}

TEST(Decoder, reads_tags) {
  EXPECT_EQ(tag("a1 x"), "a1| x");
  EXPECT_EQ(tag("a]1 x"), "a]1| x");
  EXPECT_EQ(tag("+ x"), "!0");
  EXPECT_EQ(tag("a+b x"), "a|+b x");
}

TEST(Decoder, reads_quoted_strings) {
  EXPECT_EQ(string("\"\" x"), "| x");
  EXPECT_EQ(string("\"a b\""), "a b|");
  EXPECT_EQ(string("\"a\\\"b\\\\\""), "a\"b\\|");
  EXPECT_EQ(string("\"{3}\""), "{3}|");
  EXPECT_EQ(string("\"tab\there\""), "tab\there|");
  EXPECT_EQ(string("\"\xc3\xa9\""), "\xc3\xa9|");
}

TEST(Decoder, refuses_broken_quoted_strings) {
  EXPECT_EQ(string("\"abc"), "!0");
  EXPECT_EQ(string("\"abc\\"), "!5");
  EXPECT_EQ(string("\"a\\b\""), "!3");
  EXPECT_EQ(string("\"a\r\nb\""), "!2");
  EXPECT_EQ(string("\"a\0b\""s), "!2");
  EXPECT_EQ(string("abc"), "!0");
  EXPECT_EQ(string(""), "!0");
}

TEST(Decoder, reads_literals) {
  EXPECT_EQ(string("{0}\r\n x"), "| x");
  EXPECT_EQ(string("{3}\r\nabcd"), "abc|d");
  EXPECT_EQ(string("{3+}\r\n\"\r\n)"), "\"\r\n|)");
  EXPECT_EQ(string("{2}\r\n\xff\x01"), "\xff\x01|");
}

TEST(Decoder, refuses_broken_literals) {
  EXPECT_EQ(string("{4}\r\nabc"), "!5");
  EXPECT_EQ(string("{}\r\nabc"), "!1");
  EXPECT_EQ(string("{1-}\r\nabc"), "!2");
  EXPECT_EQ(string("{1}\nabc"), "!3");
  EXPECT_EQ(string("{1}"), "!3");
  EXPECT_EQ(string("{3}\r\na\0b"s), "!6");
  EXPECT_EQ(string("~{1}\r\na"), "!0");
  EXPECT_EQ(string("{9223372036854775807}\r\na"), "!23");
  EXPECT_EQ(string("{9223372036854775808}\r\na"), "!1");
}

TEST(Decoder, reads_headers_of_literals) {
  Decoder decoder("{310+}\r\n");
  EXPECT_EQ(decoder.literal_header(), 310U);
  EXPECT_TRUE(decoder.at_end());
}

TEST(Decoder, reads_astrings) {
  EXPECT_EQ(astring("a]b c"), "a]b| c");
  EXPECT_EQ(astring("\"a b\""), "a b|");
  EXPECT_EQ(astring("{1}\r\nx"), "x|");
  EXPECT_EQ(astring("a%"), "a|%");
  EXPECT_EQ(astring("%"), "!0");
  EXPECT_EQ(astring("\xc3\xa9"), "!0");
}

TEST(Decoder, reads_nstrings) {
  Decoder nil("NiL)");
  ASSERT_TRUE(nil.nstring());
  EXPECT_EQ(nil.rest(), ")");
  Decoder value("\"NIL\"");
  EXPECT_EQ(**value.nstring(), "NIL");
  Decoder atom_like("NILS");
  EXPECT_FALSE(atom_like.nstring());
}

TEST(Decoder, reads_patterns) {
  EXPECT_EQ(list_mailbox("a%*] x"), "a%*]| x");
  EXPECT_EQ(list_mailbox("\"\""), "|");
  EXPECT_EQ(list_mailbox("(x"), "!0");
}

TEST(Decoder, reads_mailbox_names) {
  EXPECT_EQ(mailbox("inBox"), "INBOX|");
  EXPECT_EQ(mailbox("\"inbox/a\""), "INBOX/a|");
  EXPECT_EQ(mailbox("inboxes"), "inboxes|");
  EXPECT_EQ(mailbox("caf&AOk-"), "caf\xc3\xa9|");
  EXPECT_EQ(mailbox("\"caf&AOk-\"", true), "caf&AOk-|");
  EXPECT_EQ(mailbox("\"caf\xc3\xa9\"", true), "caf\xc3\xa9|");
  EXPECT_EQ(mailbox("\"caf\xc3\xa9\""), "!0");
  EXPECT_EQ(mailbox("\"caf\xe9\"", true), "!0");
  EXPECT_EQ(mailbox("&x"), "!0");
}

TEST(Decoder, reads_numbers) {
  EXPECT_EQ(Decoder("0").number(), 0U);
  EXPECT_EQ(Decoder("007x").number(), 7U);
  EXPECT_EQ(Decoder("4294967295").number(), 4'294'967'295U);
  EXPECT_FALSE(Decoder("4294967296").number());
  EXPECT_FALSE(Decoder("99999999999999999999999").number());
  EXPECT_FALSE(Decoder("-1").number());
  EXPECT_FALSE(Decoder("").number());
  EXPECT_EQ(Decoder("1").nz_number(), 1U);
  EXPECT_FALSE(Decoder("0").nz_number());
  EXPECT_EQ(Decoder("9223372036854775807").number64(), 9'223'372'036'854'775'807ULL);
  EXPECT_FALSE(Decoder("9223372036854775808").number64());
}

TEST(Decoder, accepts_words_in_any_case_but_not_their_beginnings) {
  Decoder decoder("FlAgs(x");
  EXPECT_FALSE(decoder.accept_word("FLAG"));
  EXPECT_TRUE(decoder.accept_word("FLAGS"));
  EXPECT_EQ(decoder.rest(), "(x");
  EXPECT_FALSE(Decoder("FLA").accept_word("FLAGS"));
  EXPECT_TRUE(Decoder("body[1]").accept_prefix("BODY["));
}

TEST(Decoder, wants_one_space_between_arguments_and_takes_any_at_the_end) {
  EXPECT_TRUE(Decoder(" x").sp());
  EXPECT_FALSE(Decoder("x").sp());
  EXPECT_FALSE(Decoder("").sp());
  EXPECT_TRUE(Decoder("").end());
  EXPECT_TRUE(Decoder("  ").end());
  EXPECT_FALSE(Decoder(" x").end());
}

std::string sequence_set(std::string_view text) {
  Decoder decoder(text);
  const auto set = decoder.sequence_set();
  if (!set) return "!" + std::to_string(set.error().position);
  std::string result;
  for (const auto& range : set->ranges()) {
    result += std::to_string(range.first) + ":" + std::to_string(range.last) + " ";
  }
  return result + "|" + std::string(decoder.rest());
}

TEST(Decoder, reads_sequence_sets) {
  EXPECT_EQ(sequence_set("1"), "1:1 |");
  EXPECT_EQ(sequence_set("*"), "0:0 |");
  EXPECT_EQ(sequence_set("2,4:7,9,12:* x"), "2:2 4:7 9:9 12:0 | x");
  EXPECT_EQ(sequence_set("*:4,7:5"), "0:4 7:5 |");
  EXPECT_EQ(sequence_set("4294967295"), "4294967295:4294967295 |");
}

TEST(Decoder, refuses_broken_sequence_sets) {
  EXPECT_EQ(sequence_set(""), "!0");
  EXPECT_EQ(sequence_set("x"), "!0");
  EXPECT_EQ(sequence_set("0"), "!0");
  EXPECT_EQ(sequence_set("1:0"), "!2");
  EXPECT_EQ(sequence_set("1:"), "!2");
  EXPECT_EQ(sequence_set("1,,2"), "!2");
  EXPECT_EQ(sequence_set("1,"), "!2");
  EXPECT_EQ(sequence_set(":1"), "!0");
  EXPECT_EQ(sequence_set("4294967296"), "!0");
}

std::string flags(std::string_view text, bool with_parentheses) {
  Decoder decoder(text);
  const auto set = with_parentheses ? decoder.flag_list() : decoder.flags();
  if (!set) return "!" + std::to_string(set.error().position);
  std::string result = std::to_string(set->system);
  for (const auto& keyword : set->keywords) result += " " + keyword;
  return result + "|" + std::string(decoder.rest());
}

TEST(Decoder, reads_flags) {
  EXPECT_EQ(flags("()", true), "0|");
  EXPECT_EQ(flags("(\\Seen \\ANSWERED \\flagged \\Deleted \\Draft) x", true), "31| x");
  EXPECT_EQ(flags("($Forwarded \\Seen NonJunk $FORWARDED)", true), "1 $Forwarded NonJunk|");
  EXPECT_EQ(flags("\\Seen work", false), "1 work|");
  EXPECT_EQ(flags("(\\Seen work)", false), "1 work|");
  EXPECT_EQ(flags("work", false), "0 work|");
}

TEST(Decoder, refuses_flags_that_cannot_be_set) {
  EXPECT_EQ(flags("(\\Recent)", true), "!1");
  EXPECT_EQ(flags("(\\Seen \\Other)", true), "!7");
  EXPECT_EQ(flags("(\\*)", true), "!1");
  EXPECT_EQ(flags("(a", true), "!2");
  EXPECT_EQ(flags("(a  b)", true), "!3");
  EXPECT_EQ(flags("\\Seen", true), "!0");
  EXPECT_EQ(flags("", false), "!0");
}

TEST(Decoder, limits_keywords) {
  EXPECT_EQ(flags(std::string(store::kMaxKeywordBytes, 'k'), false).back(), '|');
  EXPECT_EQ(flags(std::string(store::kMaxKeywordBytes + 1, 'k'), false), "!0");
  std::string many;
  for (int i = 0; i < 1'001; ++i) many += "k" + std::to_string(i) + " ";
  many.pop_back();
  EXPECT_EQ(flags(many, false).front(), '!');
}

TEST(Decoder, reads_internal_dates) {
  const auto date = Decoder("\"17-Jul-1996 02:44:25 -0700\"").date_time();
  ASSERT_TRUE(date);
  EXPECT_EQ(date->seconds, 837'596'665);
  EXPECT_EQ(date->zone_minutes, -420);
  const auto padded = Decoder("\" 1-jan-1970 00:00:00 +0000\"").date_time();
  ASSERT_TRUE(padded);
  EXPECT_EQ(padded->seconds, 0);
  EXPECT_EQ(Decoder("\"01-Jan-0000 00:00:00 +0000\"").date_time()->seconds, -62'167'219'200);
  EXPECT_EQ(Decoder("\"29-Feb-2024 23:59:60 +0530\"").date_time()->zone_minutes, 330);
}

TEST(Decoder, refuses_dates_that_are_none) {
  for (const char* text : {"\"31-Feb-2024 00:00:00 +0000\"", "\"29-Feb-2023 00:00:00 +0000\"",
                           "\"1-Jan-1970 00:00:00 +0000\"", "\"01-Foo-1970 00:00:00 +0000\"",
                           "\"01-Jan-1970 24:00:00 +0000\"", "\"01-Jan-1970 00:60:00 +0000\"",
                           "\"01-Jan-1970 00:00:61 +0000\"", "\"01-Jan-1970 00:00:00 +2400\"",
                           "\"01-Jan-1970 00:00:00 +0060\"", "\"01-Jan-1970 00:00:00 0000\"",
                           "\"01-Jan-1970 00:00:00 +0000", "\"01-Jan-70 00:00:00 +0000\"",
                           "\"00-Jan-1970 00:00:00 +0000\"", "\"\"", "01-Jan-1970", ""}) {
    EXPECT_FALSE(Decoder(text).date_time()) << text;
  }
}

TEST(Decoder, reads_dates) {
  EXPECT_EQ(Decoder("1-Jan-1970").date(), 0);
  EXPECT_EQ(Decoder("\"02-jan-1970\"").date(), 1);
  EXPECT_EQ(Decoder("31-Dec-1969").date(), -1);
  EXPECT_EQ(Decoder("29-Feb-2024 x").date(), 19'782);
  for (const char* text :
       {"", "-Jan-1970", "001-Jan-1970", "1-Jan-70", "1-Jam-1970", "\"1-Jan-1970", "31-Apr-2020",
        "0-Jan-2020", "x-Jan-2020", "1 Jan 1970"}) {
    EXPECT_FALSE(Decoder(text).date()) << text;
  }
}

TEST(Decoder, says_where_and_what) {
  Decoder decoder("ab (");
  ASSERT_TRUE(decoder.atom());
  ASSERT_TRUE(decoder.sp());
  const auto error = decoder.atom().error();
  EXPECT_EQ(error.position, 3U);
  EXPECT_EQ(error.text, "expected an atom");
}

// RFC 7162 7 known-uids
TEST(Decoder, reads_sets_without_star) {
  EXPECT_EQ(Decoder("1:3,7").known_set()->ranges().size(), 2U);
  for (const char* text : {"*", "1:*", "1,*:5", "", "0", "a"}) {
    EXPECT_FALSE(Decoder(text).known_set()) << text;
  }
}

// RFC 9394 4 partial-range
TEST(Decoder, reads_ranges_of_results) {
  const auto shown = [](std::string_view text, std::uint32_t count) -> std::string {
    const auto range = Decoder(text).place_range();
    if (!range) return "!" + std::to_string(range.error().position);
    const auto places = range->places(count);
    if (!places) return "none";
    return std::to_string(places->first) + "-" + std::to_string(places->second);
  };
  EXPECT_EQ(shown("1:3", 10), "1-3");
  EXPECT_EQ(shown("3:1", 10), "1-3");
  EXPECT_EQ(shown("8:20", 10), "8-10");
  EXPECT_EQ(shown("11:20", 10), "none");
  EXPECT_EQ(shown("-1:-3", 10), "8-10");
  EXPECT_EQ(shown("-8:-20", 10), "1-3");
  EXPECT_EQ(shown("-11:-20", 10), "none");
  EXPECT_EQ(shown("1:4294967295", 0), "none");
  EXPECT_EQ(shown("0:1", 1), "!0");
  EXPECT_EQ(shown("1:-1", 1), "!2");
  EXPECT_EQ(shown("-1:1", 1), "!3");
  EXPECT_EQ(shown("1:*", 1), "!2");
}

// RFC 9586 3.2
TEST(Decoder, refuses_sequence_numbers_with_uidonly) {
  EXPECT_TRUE(Decoder("1").allow_numbers());
  const Grammar grammar{.uid_only = true};
  const auto refused = Decoder("1", grammar).allow_numbers();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "UIDREQUIRED");
}

TEST(Decoder, passes_over_words_that_are_turned_off) {
  Grammar grammar;
  Decoder on("PARTIAL", grammar);
  EXPECT_TRUE(on.accept_word("PARTIAL", Capability::partial));
  grammar.disabled.add(Capability::partial);
  Decoder off("PARTIAL", grammar);
  EXPECT_FALSE(off.accept_word("PARTIAL", Capability::partial));
  EXPECT_EQ(off.position(), 0U);
}

}  // namespace
}  // namespace mailkeep::imap
