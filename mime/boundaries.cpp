#include "mime/boundaries.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

constexpr std::string_view kDashes = "--";

}  // namespace

void OpenBoundaries::open(std::string boundary, std::size_t level) {
  octets_to_match_ = std::max(octets_to_match_, boundary.size() + 2 * kDashes.size() + 1);
  open_.push_back({std::move(boundary), level});
}

void OpenBoundaries::close_from(std::size_t level) {
  while (!open_.empty() && open_.back().level >= level) open_.pop_back();
  octets_to_match_ = 0;
  for (const Boundary& boundary : open_) {
    octets_to_match_ = std::max(octets_to_match_, boundary.text.size() + 2 * kDashes.size() + 1);
  }
}

std::optional<OpenBoundaries::Match> OpenBoundaries::match(std::string_view line) const {
  const std::string_view text = trim_right(line.substr(kDashes.size()));
  const Boundary* best = nullptr;
  for (const Boundary& boundary : std::views::reverse(open_)) {
    const std::string& wanted = boundary.text;
    if (best != nullptr && wanted.size() <= best->text.size()) continue;
    if (text.size() < wanted.size() || text.front() != wanted.front()) continue;
    if (!text.starts_with(wanted)) continue;
    best = &boundary;
    const std::string_view behind = text.substr(wanted.size());
    if (behind.empty() || behind == kDashes) break;
  }
  if (best == nullptr) return std::nullopt;
  return Match{best->level, text.substr(best->text.size()).starts_with(kDashes)};
}

}  // namespace mailkeep::mime
