#include "protocol/imap/language.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "protocol/imap/language_texts.h"
#include "store/types.h"

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

TEST(Languages, have_all_texts_of_the_table) {
  for (const TranslatedText& text : translated_texts()) {
    const bool hole = text.english.find("{}") != std::string_view::npos;
    for (const std::string_view other : text.others) {
      EXPECT_FALSE(other.empty()) << text.english;
      EXPECT_EQ(other.find("{}") != std::string_view::npos, hole) << text.english;
    }
  }
  EXPECT_EQ(translated_other_users(Language::english), "");
  EXPECT_EQ(translated_other_users(Language::german), "Andere Benutzer/");
}

TEST(Languages, have_the_sentence_of_each_refusal) {
  for (int i = 0; i <= static_cast<int>(store::StoreError::same_mailbox); ++i) {
    const std::string_view sentence = store::describe(static_cast<store::StoreError>(i));
    EXPECT_NE(translated(Language::spanish, sentence), sentence);
  }
}

// Whatever a handler puts into a tagged response, or translates into an untagged one.
TEST(Languages, have_the_texts_of_the_handlers) {
  const std::string code = R"re((?:[^;"]*?|"[A-Z]+[^"]*",\s*))re";
  const std::string text = R"re("([A-Z][^"]* [^"]*|[A-Z][a-z][^"]*)")re";
  const std::regex reply(R"re(Reply::(?:ok|no|bad)\()re" + code + text + R"re(\))re");
  const std::regex untagged(R"re((?:translated\([a-z_.()]+,|write_ok\([^;]*,)\s*"([^"]+)"\))re");
  int count = 0;
  for (const char* folder : {"protocol/imap", "protocol/imap/commands", "protocol/imap/search"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(MAILKEEP_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      std::ifstream file(entry.path());
      const std::string source{std::istreambuf_iterator<char>(file), {}};
      for (const std::regex& form : {reply, untagged}) {
        for (std::sregex_iterator match(source.begin(), source.end(), form), end; match != end;
             ++match, ++count) {
          const std::string english = (*match)[1];
          EXPECT_NE(translated(Language::french, english), english) << entry.path();
        }
      }
    }
  }
  EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace mailkeep::imap
