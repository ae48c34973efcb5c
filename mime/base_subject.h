// The base subject (RFC 5256 2.1): what SORT SUBJECT orders by and THREAD groups by.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::mime {

struct BaseSubject {
  std::string text;  // UTF-8, not folded; empty for no subject, or one that is only "Re:"
  bool reply_or_forward = false;  // something that marks a reply or forward was removed
};

// Of the value of a Subject field, still encoded or not. Linear in its length.
BaseSubject base_subject(std::string_view subject);

}  // namespace mailkeep::mime
