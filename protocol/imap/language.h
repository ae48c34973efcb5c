// The languages that texts for people are told in (RFC 5255 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::imap {

enum class Language : std::uint8_t {
  i_default,  // English for everybody (RFC 2277 4.5), US-ASCII only
  english,
  german,
  french,
  spanish,
  chinese,
};

// The best language for a range such as "de-AT", "fr" or "default" (RFC 4647 3.4); none is spoken.
std::optional<Language> language_of(std::string_view range);
// "DE"
std::string_view tag_of(Language language);
// All tags, with a space between.
std::string language_tags();

// The text that goes with a tagged response, which the code has in English: in another language
// where the table has it, else as it is. UTF-8.
std::string translated(Language language, std::string_view english);

// What "Other Users/" is called for people (RFC 5255 3.4); empty where it needs no other name.
std::string_view translated_other_users(Language language);

}  // namespace mailkeep::imap
