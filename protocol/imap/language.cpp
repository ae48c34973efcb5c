#include "protocol/imap/language.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/imap/language_texts.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

constexpr std::pair<std::string_view, Language> kTags[] = {
    {"i-default", Language::i_default}, {"EN", Language::english}, {"DE", Language::german},
    {"FR", Language::french},           {"ES", Language::spanish}, {"ZH", Language::chinese},
};

// The place of a language in a TranslatedText; none of those is English.
std::size_t column_of(Language language) {
  return static_cast<std::size_t>(language) - static_cast<std::size_t>(Language::german);
}

// What stands for "{}" where `text` is `pattern`.
std::optional<std::string_view> matched(std::string_view pattern, std::string_view text) {
  const std::size_t hole = pattern.find("{}");
  if (hole == std::string_view::npos) {
    return pattern == text ? std::optional<std::string_view>("") : std::nullopt;
  }
  const std::string_view begin = pattern.substr(0, hole);
  const std::string_view end = pattern.substr(hole + 2);
  if (text.size() < begin.size() + end.size()) return std::nullopt;
  if (!text.starts_with(begin) || !text.ends_with(end)) return std::nullopt;
  return text.substr(begin.size(), text.size() - begin.size() - end.size());
}

}  // namespace

// RFC 4647 3.4: subtags are taken off the range's end until something fits.
std::optional<Language> language_of(std::string_view range) {
  if (equal_ignoring_case(range, "default")) return Language::i_default;
  for (;;) {
    const auto* known = std::ranges::find_if(
        kTags, [&](const auto& tag) { return equal_ignoring_case(tag.first, range); });
    if (known != std::end(kTags)) return known->second;
    const std::size_t hyphen = range.rfind('-');
    if (hyphen == std::string_view::npos) return std::nullopt;
    range = range.substr(0, hyphen);
  }
}

std::string_view tag_of(Language language) {
  return kTags[static_cast<std::size_t>(language)].first;
}

std::string language_tags() {
  std::string tags;
  for (const auto& [tag, language] : kTags) {
    if (!tags.empty()) tags += ' ';
    tags += tag;
  }
  return tags;
}

std::string translated(Language language, std::string_view english) {
  if (language < Language::german) return std::string(english);
  const std::size_t column = column_of(language);
  for (const TranslatedText& text : translated_texts()) {
    const auto word = matched(text.english, english);
    if (!word) continue;
    std::string result(text.others[column]);
    const std::size_t hole = result.find("{}");
    if (hole != std::string::npos) result.replace(hole, 2, *word);
    return result;
  }
  return std::string(english);
}

std::string_view translated_other_users(Language language) {
  if (language < Language::german) return {};
  return translated_other_users().others[column_of(language)];
}

}  // namespace mailkeep::imap
