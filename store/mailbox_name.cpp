#include "store/mailbox_name.h"

#include <algorithm>

#include "mime/text/charset.h"

namespace mailkeep::store {

namespace {

bool is_inbox(std::string_view level) {
  return level.size() == kInbox.size() &&
         std::equal(level.begin(), level.end(), kInbox.begin(), [](char given, char wanted) {
           return given == wanted || (given >= 'a' && given <= 'z' && given - 'a' + 'A' == wanted);
         });
}

// C0 controls, DEL and the C1 controls, which UTF-8 writes as C2 80 to C2 9F.
bool has_control_character(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    auto octet = static_cast<unsigned char>(name[i]);
    if (octet < 0x20 || octet == 0x7f) return true;
    if (octet == 0xc2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xa0) {
      return true;
    }
  }
  return false;
}

// '/' below every other octet, so that children follow their parent directly.
int rank(char octet) {
  return octet == '/' ? 0 : static_cast<unsigned char>(octet) + 1;
}

}  // namespace

StoreResult<std::string> normalize_mailbox_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxMailboxNameBytes || name.front() == '/' ||
      name.back() == '/' || name.find("//") != std::string_view::npos ||
      has_control_character(name) || !mime::is_valid_utf8(name)) {
    return std::unexpected(StoreError::invalid_mailbox_name);
  }
  std::string kept(name);
  std::string_view first_level = name.substr(0, name.find('/'));
  if (is_inbox(first_level)) kept.replace(0, kInbox.size(), kInbox);
  return kept;
}

std::vector<std::string> parents_of(std::string_view name) {
  std::vector<std::string> parents;
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/', slash + 1)) {
    parents.emplace_back(name.substr(0, slash));
  }
  return parents;
}

bool is_below(std::string_view name, std::string_view parent) {
  return name.size() > parent.size() && name[parent.size()] == '/' && name.starts_with(parent);
}

bool listed_before(std::string_view left, std::string_view right) {
  bool left_inbox = left == kInbox || is_below(left, kInbox);
  bool right_inbox = right == kInbox || is_below(right, kInbox);
  if (left_inbox != right_inbox) return left_inbox;
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                      [](char a, char b) { return rank(a) < rank(b); });
}

}  // namespace mailkeep::store
