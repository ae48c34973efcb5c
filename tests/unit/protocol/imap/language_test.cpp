#include "protocol/imap/language.h"

#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

TEST(Languages, are_found_by_ranges) {
  EXPECT_EQ(language_of("de"), Language::german);
  EXPECT_EQ(language_of("de-AT-1901"), Language::german);
  EXPECT_EQ(language_of("ZH-hant-tw"), Language::chinese);
  EXPECT_EQ(language_of("i-default"), Language::i_default);
  EXPECT_EQ(language_of("Default"), Language::i_default);
  for (const char* range : {"", "d", "deu", "-de", "*", "tlh-KX"}) {
    EXPECT_EQ(language_of(range), std::nullopt) << range;
  }
}

TEST(Languages, have_the_tags_of_their_list) {
  EXPECT_EQ(language_tags(), "i-default EN DE FR ES ZH");
  EXPECT_EQ(tag_of(Language::spanish), "ES");
}

TEST(Languages, translate_what_the_table_has) {
  EXPECT_EQ(translated(Language::i_default, "NOOP completed"), "NOOP completed");
  EXPECT_EQ(translated(Language::english, "NOOP completed"), "NOOP completed");
  EXPECT_EQ(translated(Language::german, "UID FETCH completed"), "UID FETCH abgeschlossen");
  EXPECT_EQ(translated(Language::french, "NOOP completed"), "NOOP terminé");
  EXPECT_EQ(translated(Language::chinese, "Logged in"), "已登录");
  EXPECT_EQ(translated(Language::german, "no such text"), "no such text");
  EXPECT_EQ(translated(Language::german, ""), "");
}

}  // namespace
}  // namespace mailkeep::imap
