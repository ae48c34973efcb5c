#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "mime/text/ascii.h"
#include "mime/text/charset.h"

namespace mailkeep::mime {
namespace {

const icu::Normalizer2* nfkd() {
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const kNormalizer = icu::Normalizer2::getNFKDInstance(error);
  return kNormalizer;
}

// RFC 5051 2 (2): titlecase by the simple mapping, then decomposition of any kind.
void append_folded_by_icu(std::string_view run, std::string& out) {
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(run.data(), static_cast<std::int32_t>(run.size())));
  icu::UnicodeString titled;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    titled.append(u_totitle(text.char32At(i)));
  }
  if (nfkd() != nullptr) {
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString decomposed = nfkd()->normalize(titled, error);
    if (U_SUCCESS(error)) titled = std::move(decomposed);
  }
  titled.toUTF8String(out);
}

// The folded form of one character, where it does not depend on those around it.
struct FoldedCharacter {
  std::uint8_t size = 0;  // 0: ask ICU, about the whole run
  std::array<char, 7> utf8{};
};

// Alphabets end, and ideographs begin, at about this code point.
constexpr char32_t kTableEnd = 0x3000;

// Ideographs, which have neither case nor decomposition.
constexpr char32_t kIdeographsBegin = 0x3400;
constexpr char32_t kIdeographsEnd = 0xa000;

using FoldingTable = std::array<FoldedCharacter, kTableEnd>;

std::unique_ptr<const FoldingTable> make_folding_table() {
  auto table = std::make_unique<FoldingTable>();
  for (char32_t c = 0x80; c < kTableEnd; ++c) {
    const auto code_point = static_cast<UChar32>(c);
    // Combining marks are put in order among their neighbours.
    if (nfkd() == nullptr || !nfkd()->hasBoundaryBefore(u_totitle(code_point))) continue;
    std::string character;
    icu::UnicodeString(code_point).toUTF8String(character);
    std::string folded;
    append_folded_by_icu(character, folded);
    FoldedCharacter& entry = (*table)[c];
    if (folded.empty() || folded.size() > entry.utf8.size()) continue;
    entry.size = static_cast<std::uint8_t>(folded.size());
    std::copy(folded.begin(), folded.end(), entry.utf8.begin());
  }
  return table;
}

// The code point of two or three octets of UTF-8; 0 for anything else. `size` is set to its octets.
char32_t short_character(std::string_view text, std::size_t& size) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const bool two = text.size() >= 2 && (octet(1) & 0xc0) == 0x80;
  if (two && octet(0) >= 0xc2 && octet(0) < 0xe0) {
    size = 2;
    return static_cast<char32_t>((octet(0) & 0x1f) << 6 | (octet(1) & 0x3f));
  }
  if (two && octet(0) >= 0xe0 && octet(0) < 0xf0 && text.size() >= 3 && (octet(2) & 0xc0) == 0x80) {
    size = 3;
    return static_cast<char32_t>((octet(0) & 0x0f) << 12 | (octet(1) & 0x3f) << 6 |
                                 (octet(2) & 0x3f));
  }
  return 0;
}

// Folds a run without ASCII by the table; false, with `out` as it was, if it takes ICU.
bool append_folded_by_table(std::string_view run, std::string& out) {
  static const std::unique_ptr<const FoldingTable> kTable = make_folding_table();
  const std::size_t before = out.size();
  std::size_t size = 0;
  for (; !run.empty(); run.remove_prefix(size)) {
    const char32_t c = short_character(run, size);
    if (c >= 0x80 && c < kTableEnd && (*kTable)[c].size > 0) {
      out.append((*kTable)[c].utf8.data(), (*kTable)[c].size);
    } else if (c >= kIdeographsBegin && c < kIdeographsEnd) {
      out += run.substr(0, size);
    } else {
      out.resize(before);
      return false;
    }
  }
  return true;
}

// Eight ASCII characters at once: 0x20 goes from each octet that is a lower-case letter.
std::uint64_t to_upper(std::uint64_t eight) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  const std::uint64_t from_a = eight + (0x80 - 'a') * kEach;
  const std::uint64_t behind_z = eight + (0x7f - 'z') * kEach;
  return eight - (((from_a ^ behind_z) & 0x80 * kEach) >> 2);
}

// Appends the ASCII characters at the start of `text` in upper case; returns how many there are.
std::size_t append_ascii(std::string_view text, std::string& out) {
  constexpr std::uint64_t kEightBit = 0x8080808080808080U;
  std::size_t at = 0;
  std::array<std::uint64_t, 32> block;
  for (bool ascii = true; ascii;) {
    std::size_t words = 0;
    for (; words < block.size() && at + 8 <= text.size(); ++words, at += 8) {
      std::memcpy(&block[words], text.data() + at, 8);
      ascii = (block[words] & kEightBit) == 0;
      if (!ascii) break;
      block[words] = to_upper(block[words]);
    }
    out.append(reinterpret_cast<const char*>(block.data()), words * 8);
    if (words < block.size()) break;
  }
  for (; at < text.size() && !is_eight_bit(text[at]); ++at) {
    const char c = text[at];
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return at;
}

}  // namespace

std::string fold_case(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  // ICU counts in 32 bits; a longer run is folded in pieces.
  constexpr std::size_t kLongestRun = 1 << 20;
  while (!utf8.empty()) {
    utf8.remove_prefix(append_ascii(utf8, out));
    std::size_t size = 0;
    while (size < utf8.size() && is_eight_bit(utf8[size]) && size < kLongestRun) ++size;
    const std::string_view run = utf8.substr(0, size);
    if (!append_folded_by_table(run, out)) append_folded_by_icu(run, out);
    utf8.remove_prefix(size);
  }
  return out;
}

}  // namespace mailkeep::mime
