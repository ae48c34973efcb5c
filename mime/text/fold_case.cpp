#include <algorithm>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "mime/text/ascii.h"
#include "mime/text/charset.h"

namespace mailkeep::mime {
namespace {

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

// RFC 5051 2 (2): titlecase by the simple mapping, then decomposition of any kind.
void append_folded(std::string_view run, std::string& out) {
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const nfkd = icu::Normalizer2::getNFKDInstance(error);
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(run.data(), static_cast<std::int32_t>(run.size())));
  icu::UnicodeString titled;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    titled.append(u_totitle(text.char32At(i)));
  }
  if (nfkd != nullptr) {
    error = U_ZERO_ERROR;
    icu::UnicodeString decomposed = nfkd->normalize(titled, error);
    if (U_SUCCESS(error)) titled = std::move(decomposed);
  }
  titled.toUTF8String(out);
}

}  // namespace

std::string fold_case(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  // ICU counts in 32 bits; a longer run is folded in pieces.
  constexpr std::size_t kLongestRun = 1 << 20;
  while (!utf8.empty()) {
    const auto run_begin = std::find_if(utf8.begin(), utf8.end(), is_eight_bit);
    std::transform(utf8.begin(), run_begin, std::back_inserter(out), to_upper);
    utf8.remove_prefix(static_cast<std::size_t>(run_begin - utf8.begin()));
    if (utf8.empty()) break;
    std::size_t size = 0;
    while (size < utf8.size() && is_eight_bit(utf8[size]) && size < kLongestRun) ++size;
    append_folded(utf8.substr(0, size), out);
    utf8.remove_prefix(size);
  }
  return out;
}

}  // namespace mailkeep::mime
