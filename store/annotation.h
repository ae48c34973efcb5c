// Annotations of mailboxes and of the account itself (METADATA, RFC 5464).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/types.h"

namespace mailkeep::store {

inline constexpr std::size_t kMaxAnnotationBytes = 64 * 1024;  // of a value
inline constexpr std::size_t kMaxAnnotationNameBytes = 255;
inline constexpr std::size_t kMaxAnnotations = 1000;  // of an account, its mailboxes together

// Names begin with /private/ or /shared/ and are compared without regard to ASCII case (RFC 5464
// 3.2). They are kept in lower case.
struct Annotation {
  std::string entry;
  std::string value;  // any octets
};

// Nothing as the value: the entry goes.
struct AnnotationChange {
  std::string entry;
  std::optional<std::string> value;
};

enum class AnnotationDepth : std::uint8_t { zero, one, infinity };  // RFC 5464 4.2.2

struct AnnotationQuery {
  std::vector<std::string> entries;  // "/private" and "/shared" stand for all below them
  AnnotationDepth depth = AnnotationDepth::zero;
  std::optional<std::uint64_t> max_bytes;  // longer values are left out (RFC 5464 4.2.1)
};

struct Annotations {
  std::vector<Annotation> entries;     // in the order of their names
  std::uint64_t longest_left_out = 0;  // octets of the longest value beyond max_bytes
};

}  // namespace mailkeep::store
