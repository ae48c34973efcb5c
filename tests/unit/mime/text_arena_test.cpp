#include "mime/text_arena.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

TEST(TextArena, KeepsTextsOfAnySizeInPlace) {
  TextArena arena;
  std::vector<std::string> texts;
  std::vector<std::string_view> kept;
  for (std::size_t size = 0; size < 100'000; size = size * 3 / 2 + 1) {
    for (char c = 'a'; c < 'e'; ++c) {
      texts.emplace_back(size, c);
      kept.push_back(arena.keep(texts.back()));
    }
  }
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(kept[i], texts[i]);
}

TEST(TextArena, TakesItsTextsAlongWhenMoved) {
  TextArena arena;
  const std::string_view first = arena.keep("first");
  TextArena other = std::move(arena);
  const std::string_view second = arena.keep("second");  // NOLINT(bugprone-use-after-move)
  const std::string_view third = other.keep("third");
  arena = std::move(other);
  EXPECT_EQ(first, "first");
  EXPECT_EQ(third, "third");
  (void)second;  // went with what `arena` held
}

}  // namespace
}  // namespace mailkeep::mime
