// Sixteen octets at once. GCC and clang turn this into the vector instructions of any machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mailkeep::mime {

inline constexpr std::size_t kLanes = 16;

// A comparison of two gives 0xff in the lanes where it holds and 0 in the others.
using OctetLanes = unsigned char __attribute__((vector_size(kLanes)));

inline OctetLanes load_lanes(const char* from) {
  OctetLanes lanes;
  std::memcpy(&lanes, from, kLanes);
  return lanes;
}

// Whether any lane is not 0.
inline bool any_lane(const OctetLanes& lanes) {
  std::uint64_t halves[2];
  std::memcpy(halves, &lanes, kLanes);
  return (halves[0] | halves[1]) != 0;
}

// The sum of all lanes, each of which is 15 or less.
inline std::uint64_t sum_lanes(const OctetLanes& lanes) {
  std::uint64_t halves[2];
  std::memcpy(halves, &lanes, kLanes);
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  return ((halves[0] + halves[1]) * kEach) >> 56;
}

}  // namespace mailkeep::mime
