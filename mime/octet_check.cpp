#include "mime/octet_check.h"

#include <algorithm>

#include "mime/octet_lanes.h"

namespace mailkeep::mime {
namespace {

// A block stays in the first-level cache while it is looked at.
constexpr std::size_t kBlockBytes = 16 * 1024;
// Whether `block`, with the octet behind it at hand, has a NUL or a CR without LF behind it.
bool is_suspicious(const char* block, std::size_t size) {
  OctetLanes found{};
  std::size_t i = 0;
  for (; i + kLanes < size; i += kLanes) {
    const OctetLanes here = load_lanes(block + i);
    const OctetLanes next = load_lanes(block + i + 1);
    found |= (here == 0) | ((here == '\r') & (next != '\n'));
  }
  if (any_lane(found)) return true;
  for (; i < size; ++i) {
    if (block[i] == '\0') return true;
    if (block[i] == '\r' && (i + 1 == size || block[i + 1] != '\n')) return true;
  }
  return false;
}

}  // namespace

void OctetCheck::feed(std::string_view octets) {
  if (octets.empty()) return;
  if (after_cr_ && octets.front() != '\n' && !first_bare_cr_) first_bare_cr_ = offset_ - 1;
  after_cr_ = octets.back() == '\r';
  const std::uint64_t end = offset_ + octets.size();
  while (!octets.empty() && !(first_nul_ && first_bare_cr_)) {
    std::size_t size = std::min(kBlockBytes, octets.size());
    // A CR at the end of a block belongs to the next one, which knows what follows.
    if (size < octets.size() && octets[size - 1] == '\r') ++size;
    check_block(octets.substr(0, size));
    octets.remove_prefix(size);
    offset_ += size;
  }
  offset_ = end;
}

void OctetCheck::check_block(std::string_view block) {
  if (first_bare_cr_) {
    const std::size_t nul = block.find('\0');
    if (nul != std::string_view::npos) first_nul_ = offset_ + nul;
    return;
  }
  if (!is_suspicious(block.data(), block.size())) return;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (block[i] == '\0' && !first_nul_) first_nul_ = offset_ + i;
    const bool bare_cr = block[i] == '\r' && i + 1 < block.size() && block[i + 1] != '\n';
    if (bare_cr && !first_bare_cr_) first_bare_cr_ = offset_ + i;
  }
}

void OctetCheck::finish() {
  if (after_cr_ && !first_bare_cr_) first_bare_cr_ = offset_ - 1;
}

}  // namespace mailkeep::mime
