// The texts of responses for people, in the languages that are spoken here (RFC 5255 3).
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace mailkeep::imap {

// In German, French, Spanish, Chinese; UTF-8. A "{}" stands for the same word in each.
struct TranslatedText {
  std::string_view english;
  std::array<std::string_view, 4> others;
};

std::span<const TranslatedText> translated_texts();

// The prefix of the namespace of other users (RFC 5255 3.4).
const TranslatedText& translated_other_users();

}  // namespace mailkeep::imap
