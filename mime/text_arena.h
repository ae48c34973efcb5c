// Memory for many short texts that live and die together: grows by blocks, never moves a text,
// frees everything at once. Movable, not copyable. Not for use by two threads at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace mailkeep::mime {

class TextArena {
 public:
  TextArena() = default;
  TextArena(TextArena&& other) noexcept;
  TextArena& operator=(TextArena&& other) noexcept;
  TextArena(const TextArena&) = delete;
  TextArena& operator=(const TextArena&) = delete;

  // A copy of `text` that stays where it is as long as the arena lives.
  std::string_view keep(std::string_view text);

  // Room for `bytes` octets in one block, for the caller to fill.
  char* reserve(std::size_t bytes);

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;
  std::size_t free_bytes_ = 0;
};

}  // namespace mailkeep::mime
