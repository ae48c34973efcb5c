#include "protocol/sasl/prepare.h"

#include <algorithm>
#include <stdexcept>

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include "protocol/sasl/secret.h"

namespace mailkeep::sasl {
namespace {

// ICU's profile is read-only after it was opened, so all threads share one; it lives as long as the
// process.
const UStringPrepProfile* profile() {
  static const UStringPrepProfile* const kProfile = [] {
    UErrorCode status = U_ZERO_ERROR;
    const UStringPrepProfile* opened = usprep_openByType(USPREP_RFC4013_SASLPREP, &status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU has no data for SASLprep");
    return opened;
  }();
  return kProfile;
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace

std::optional<std::string> prepare(std::string_view utf8) {
  if (is_printable_ascii(utf8)) return std::string(utf8);  // RFC 4013 leaves it as it is
  UErrorCode status = U_ZERO_ERROR;
  // NFKC makes a text at most 18 times longer; UTF-16 has no more units than UTF-8 has octets.
  std::u16string wide(utf8.size(), u'\0');
  std::u16string prepared(utf8.size() * 18 + 1, u'\0');
  std::string result(prepared.size() * 3, '\0');
  std::int32_t length = 0;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, utf8.data(),
                static_cast<std::int32_t>(utf8.size()), &status);
  length = usprep_prepare(profile(), wide.data(), length, prepared.data(),
                          static_cast<std::int32_t>(prepared.size()), USPREP_ALLOW_UNASSIGNED,
                          nullptr, &status);
  std::int32_t octets = 0;
  u_strToUTF8(result.data(), static_cast<std::int32_t>(result.size()), &octets, prepared.data(),
              length, &status);
  cleanse(wide);
  cleanse(prepared);
  if (U_FAILURE(status)) {
    cleanse(result);
    return std::nullopt;
  }
  result.resize(static_cast<std::size_t>(octets));
  return result;
}

}  // namespace mailkeep::sasl
