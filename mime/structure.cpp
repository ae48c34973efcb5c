#include "mime/structure.h"

#include <algorithm>

#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

// Message parts have no number of their own beside their child's: the numbers of a message inside
// count the parts of that message.
bool is_sole_part_of_message(const Structure& structure, const Part& part) {
  return part.kind != PartKind::multipart &&
         (part.parent == kNoParent || structure.parts[part.parent].kind == PartKind::message);
}

// The child of `part` that has the number, or nothing.
std::optional<std::uint32_t> numbered_child(const Structure& structure, std::uint32_t part,
                                            std::uint32_t number) {
  if (number == 0) return std::nullopt;
  for (std::uint32_t i = part + 1; i < structure.parts.size(); ++i) {
    if (structure.parts[i].parent == part && --number == 0) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::uint32_t> children_of(const Structure& structure, std::uint32_t part) {
  std::vector<std::uint32_t> children;
  for (std::uint32_t i = part + 1; i < structure.parts.size(); ++i) {
    if (structure.parts[i].parent == part) children.push_back(i);
  }
  return children;
}

std::optional<std::uint32_t> find_part(const Structure& structure,
                                       const std::vector<std::uint32_t>& path) {
  std::uint32_t part = 0;
  bool first = true;
  for (const std::uint32_t number : path) {
    const bool enters_message = structure.parts[part].kind == PartKind::message && !first;
    if (enters_message) ++part;  // its only child follows it
    const Part& here = structure.parts[part];
    if (here.kind == PartKind::multipart) {
      const auto child = numbered_child(structure, part, number);
      if (!child) return std::nullopt;
      part = *child;
    } else if (number != 1 || !(first || enters_message)) {
      return std::nullopt;
    }
    first = false;
  }
  return part;
}

std::string part_number(const Structure& structure, std::uint32_t part) {
  std::string number;
  for (std::uint32_t i = part; i != kNoParent; i = structure.parts[i].parent) {
    const Part& here = structure.parts[i];
    std::uint32_t own = 0;
    if (is_sole_part_of_message(structure, here)) {
      own = 1;
    } else if (here.parent != kNoParent &&
               structure.parts[here.parent].kind == PartKind::multipart) {
      for (std::uint32_t sister = here.parent + 1; sister <= i; ++sister) {
        if (structure.parts[sister].parent == here.parent) ++own;
      }
    }
    if (own != 0) {
      number.insert(0, number.empty() ? std::to_string(own) : std::to_string(own) + '.');
    }
  }
  return number;
}

Structure opaque_structure(std::uint64_t size, std::uint64_t header_octets, DefectKind why) {
  Structure structure;
  Part& part = structure.parts.emplace_back();
  part.body_begin = std::min(header_octets, size);
  part.body_end = size;
  part.type = "application";
  part.subtype = "octet-stream";
  part.encoding = "binary";
  part.envelope.emplace();
  structure.defects.push_back({why, 0, 0});
  structure.size = size;
  return structure;
}

}  // namespace mailkeep::mime
