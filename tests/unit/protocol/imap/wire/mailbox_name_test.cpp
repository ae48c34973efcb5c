#include "protocol/imap/wire/mailbox_name.h"

#include <functional>
#include <random>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::string_literals;

TEST(MailboxName, reads_and_writes_modified_utf7) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"INBOX", "INBOX"},
      {"a&-b", "a&b"},
      {"&-", "&"},
      {"&--", "&-"},
      {"caf&AOk-", "caf\xc3\xa9"},
      {"~peter/mail/&U,BTFw-/&ZeVnLIqe-",
       "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
      {"&2D3eAA-", "\xf0\x9f\x98\x80"},
      {"&2D3eAADp-x", "\xf0\x9f\x98\x80\xc3\xa9x"},
      {"&AAkACg-", "\t\n"},
      {"&AH8-", "\x7f"},
      {"&AAA-", "\0"s},
      {"a&AOk-&-b", "a\xc3\xa9&b"},
  };
  for (const auto& [wire, utf8] : cases) {
    EXPECT_EQ(decode_mailbox_name(wire), utf8) << wire;
    EXPECT_EQ(encode_mailbox_name(utf8), wire);
  }
}

TEST(MailboxName, refuses_what_is_not_modified_utf7) {
  for (const auto& wire : {"&"s, "a&"s, "&AOk"s, "&AO-"s, "&A-"s, "&AOk=-"s, "&AO/-"s, "&AOl-"s,
                           "caf\xc3\xa9"s, "a\x7f"s, "a\tb"s, "a\0"s, "a\r\n"s}) {
    EXPECT_FALSE(decode_mailbox_name(wire)) << wire;
  }
}

TEST(MailboxName, refuses_other_forms_of_the_same_name) {
  EXPECT_FALSE(decode_mailbox_name("&AGE-"));       // 'a' stands for itself
  EXPECT_FALSE(decode_mailbox_name("&ACY-"));       // '&' has its own form
  EXPECT_FALSE(decode_mailbox_name("&AC8-"));       // '/' too
  EXPECT_FALSE(decode_mailbox_name("&U,A-&Uxc-"));  // one shift right behind another
  EXPECT_FALSE(decode_mailbox_name("&U,BTFwA-"));   // more base64 than it takes
}

TEST(MailboxName, refuses_half_surrogates) {
  EXPECT_FALSE(decode_mailbox_name("&2D0-"));     // high alone
  EXPECT_FALSE(decode_mailbox_name("&3gA-"));     // low alone
  EXPECT_FALSE(decode_mailbox_name("&2D0AYQ-"));  // high, then a letter
  EXPECT_FALSE(decode_mailbox_name("&2D3YPQ-"));  // high, high
}

TEST(MailboxName, knows_utf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\xc3\xa9\xe5\x8f\xb0\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf"));
  for (const char* bad : {"\x80", "\xc3", "\xc3(", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
                          "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xe5\x8f", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(MailboxName, writes_octets_that_are_not_utf8_as_replacements) {
  EXPECT_EQ(encode_mailbox_name("a\xff"), "a&,,0-");
}

TEST(MailboxName, names_are_read_as_they_were_written) {
  std::mt19937 random(3);
  constexpr std::string_view kPieces[] = {
      "a", "&", "-", "\xc3\xa9", "\xe5\x8f\xb0", "\xf0\x9f\x98\x80", "/", ",", "\t"};
  for (int i = 0; i < 5'000; ++i) {
    std::string name;
    for (auto n = random() % 12; n > 0; --n) name += kPieces[random() % std::size(kPieces)];
    ASSERT_EQ(decode_mailbox_name(encode_mailbox_name(name)), name);
  }
}

TEST(MailboxName, what_is_accepted_is_written_back_as_it_was) {
  std::mt19937 random(4);
  constexpr std::string_view kAlphabet = "&-AOkU,BTFw2D3eb";
  int accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string wire;
    for (auto n = random() % 12; n > 0; --n) wire += kAlphabet[random() % kAlphabet.size()];
    const auto name = decode_mailbox_name(wire);
    if (!name) continue;
    ++accepted;
    ASSERT_TRUE(is_utf8(*name));
    ASSERT_EQ(encode_mailbox_name(*name), wire);
  }
  EXPECT_GT(accepted, 1'000);
}

TEST(MailboxName, inbox_has_one_spelling) {
  EXPECT_EQ(normalize_inbox("inbox"), "INBOX");
  EXPECT_EQ(normalize_inbox("InBox/Sub/inbox"), "INBOX/Sub/inbox");
  EXPECT_EQ(normalize_inbox("inboxes"), "inboxes");
  EXPECT_EQ(normalize_inbox("a/inbox"), "a/inbox");
  EXPECT_EQ(normalize_inbox("inb"), "inb");
  EXPECT_EQ(normalize_inbox(""), "");
}

TEST(MailboxPattern, matches_wildcards) {
  EXPECT_TRUE(matches_pattern("*", "a/b"));
  EXPECT_TRUE(matches_pattern("%", "a"));
  EXPECT_FALSE(matches_pattern("%", "a/b"));
  EXPECT_TRUE(matches_pattern("%/%", "a/b"));
  EXPECT_FALSE(matches_pattern("%/%", "a/b/c"));
  EXPECT_TRUE(matches_pattern("a/*", "a/b/c"));
  EXPECT_FALSE(matches_pattern("a/*", "a"));
  EXPECT_TRUE(matches_pattern("a*", "a"));
  EXPECT_TRUE(matches_pattern("%b%", "abc"));
  EXPECT_TRUE(matches_pattern("*%", "a/b"));
  EXPECT_TRUE(matches_pattern("%*", "a/b"));
  EXPECT_FALSE(matches_pattern("%%", "a/b"));
  EXPECT_TRUE(matches_pattern("*c%e*", "a/b/cde/f"));
  EXPECT_FALSE(matches_pattern("*c%e", "a/b/cd/e"));
}

TEST(MailboxPattern, matches_plain_names_exactly) {
  EXPECT_TRUE(matches_pattern("Sent", "Sent"));
  EXPECT_FALSE(matches_pattern("sent", "Sent"));
  EXPECT_FALSE(matches_pattern("Sen", "Sent"));
  EXPECT_FALSE(matches_pattern("Sents", "Sent"));
  EXPECT_TRUE(matches_pattern("", ""));
  EXPECT_FALSE(matches_pattern("", "a"));
}

TEST(MailboxPattern, matches_inbox_in_any_case) {
  EXPECT_TRUE(matches_pattern("inbox", "INBOX"));
  EXPECT_TRUE(matches_pattern("iNb%", "INBOX"));
  EXPECT_TRUE(matches_pattern("inbox/A", "INBOX/A"));
  EXPECT_FALSE(matches_pattern("inbox/a", "INBOX/A"));
  EXPECT_FALSE(matches_pattern("inboxes", "INBOXES"));
}

TEST(MailboxPattern, tells_which_beginnings_match) {
  EXPECT_THAT(matching_prefixes("%", "ab/c"), ElementsAre(0, 1, 2));
  EXPECT_THAT(matching_prefixes("a*", "ab/c"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(matching_prefixes("%/%", "a/b/c"), ElementsAre(2, 3));
  EXPECT_THAT(matching_prefixes("x", "ab"), IsEmpty());
}

// The definition, word for word.
bool matches_slowly(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  const char c = pattern.front();
  if (c != '*' && c != '%') {
    return !name.empty() && name.front() == c && matches_slowly(pattern.substr(1), name.substr(1));
  }
  for (std::size_t i = 0;; ++i) {
    if (matches_slowly(pattern.substr(1), name.substr(i))) return true;
    if (i == name.size() || (c == '%' && name[i] == '/')) return false;
  }
}

TEST(MailboxPattern, agrees_with_the_definition) {
  std::mt19937 random(8);
  for (int i = 0; i < 50'000; ++i) {
    std::string pattern, name;
    for (auto n = random() % 7; n > 0; --n) pattern += "ab/*%"[random() % 5];
    for (auto n = random() % 9; n > 0; --n) name += "ab/"[random() % 3];
    ASSERT_EQ(matches_pattern(pattern, name), matches_slowly(pattern, name))
        << pattern << " " << name;
  }
}

TEST(MailboxPattern, takes_no_time_for_patterns_made_to_take_it) {
  std::string pattern;
  for (int i = 0; i < 400; ++i) pattern += i % 2 == 0 ? "*a" : "%a";
  EXPECT_FALSE(matches_pattern(pattern + "b", std::string(1'000, 'a')));
  EXPECT_FALSE(matches_pattern(std::string(60'000, '*') + "b", std::string(1'000, 'a')));
}

}  // namespace
}  // namespace mailkeep::imap
