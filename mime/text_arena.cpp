#include "mime/text_arena.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mailkeep::mime {
namespace {

constexpr std::size_t kFirstBlockBytes = 1024;
constexpr std::size_t kLargestBlockBytes = 64 * 1024;

}  // namespace

TextArena::TextArena(TextArena&& other) noexcept
    : blocks_(std::move(other.blocks_)),
      free_(std::exchange(other.free_, nullptr)),
      free_bytes_(std::exchange(other.free_bytes_, 0)) {
  other.blocks_.clear();
}

TextArena& TextArena::operator=(TextArena&& other) noexcept {
  blocks_ = std::move(other.blocks_);
  other.blocks_.clear();
  free_ = std::exchange(other.free_, nullptr);
  free_bytes_ = std::exchange(other.free_bytes_, 0);
  return *this;
}

std::string_view TextArena::keep(std::string_view text) {
  if (text.empty()) return "";
  char* place = reserve(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

char* TextArena::reserve(std::size_t bytes) {
  if (bytes > free_bytes_) {
    // A large text gets a block of its own, so that the rest of the current one is not lost.
    if (bytes > kLargestBlockBytes / 4 || (blocks_.empty() && bytes > kFirstBlockBytes)) {
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
      return blocks_.back().get();
    }
    const std::size_t grown = kFirstBlockBytes << std::min<std::size_t>(blocks_.size(), 6);
    const std::size_t block_bytes = std::max(bytes, grown);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes));
    free_ = blocks_.back().get();
    free_bytes_ = block_bytes;
  }
  char* place = free_;
  free_ += bytes;
  free_bytes_ -= bytes;
  return place;
}

}  // namespace mailkeep::mime
