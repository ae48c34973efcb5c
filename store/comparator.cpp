#include "store/comparator.h"

#include "mime/text/charset.h"

namespace mailkeep::store {

std::string comparable_form(Comparator comparator, std::string_view utf8) {
  if (comparator == Comparator::unicode_casemap) return mime::fold_case(utf8);
  std::string form(utf8);
  if (comparator == Comparator::octet) return form;
  for (char& octet : form) {
    if (octet >= 'a' && octet <= 'z') octet = static_cast<char>(octet - 'a' + 'A');
  }
  return form;
}

}  // namespace mailkeep::store
