// Stops a fuzz target where something does not hold that must hold for every input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace mailkeep {

inline void expect(bool holds, std::string_view rule) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(rule.size()), rule.data());
  std::abort();
}

inline std::string_view as_text(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace mailkeep
