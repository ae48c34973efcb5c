#include "protocol/imap/rights.h"

namespace mailkeep::imap {
namespace {

constexpr std::string_view kLetters = "lrswipkxtea";  // bit by bit

// The members of the virtual rights: `d` as the servers had it that tied it to messages.
constexpr Rights kCreateMembers = right::create | right::remove;
constexpr Rights kDeleteMembers = right::mark_deleted | right::expunge;

}  // namespace

std::string letters_of(Rights rights) {
  std::string letters;
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if ((rights >> i & 1) != 0) letters += kLetters[i];
  }
  if ((rights & kCreateMembers) != 0) letters += 'c';
  if ((rights & kDeleteMembers) != 0) letters += 'd';
  return letters;
}

std::optional<Rights> rights_of(std::string_view letters) {
  unsigned rights = 0;
  for (const char letter : letters) {
    const std::size_t bit = kLetters.find(letter);
    if (bit != std::string_view::npos) {
      rights |= 1U << bit;
    } else if (letter == 'c') {
      rights |= kCreateMembers;
    } else if (letter == 'd') {
      rights |= kDeleteMembers;
    } else {
      return std::nullopt;
    }
  }
  return static_cast<Rights>(rights);
}

store::FlagBits permitted_bits(Rights rights) {
  store::FlagBits bits = 0;
  if ((rights & right::keep_seen) != 0) bits |= store::flag::seen;
  if ((rights & right::mark_deleted) != 0) bits |= store::flag::deleted;
  if ((rights & right::write) != 0) bits |= ~(store::flag::seen | store::flag::deleted);
  return bits;
}

store::FlagSet permitted_flags(store::FlagSet flags, Rights rights) {
  flags.system &= permitted_bits(rights);
  if ((rights & right::write) == 0) flags.keywords.clear();
  return flags;
}

}  // namespace mailkeep::imap
