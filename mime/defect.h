// What can be wrong with a message, and what is done about it. Nothing in the message is changed:
// every repair is one of how the message is understood and shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::mime {

// New kinds come last: kept structures have their numbers.
enum class DefectKind : std::uint8_t {
  missing_closing_boundary,
  missing_boundary_parameter,
  boundary_never_found,
  missing_blank_line,
  invalid_header_line,
  repeated_header_field,
  invalid_content_type,
  invalid_content_disposition,
  invalid_transfer_encoding,
  transfer_encoding_on_composite,
  invalid_base64,
  invalid_quoted_printable,
  invalid_address,
  eight_bit_header,
  nul_octet,
  bare_cr,
  bare_lf,
  line_too_long,
  depth_limit,
  part_limit,
  header_limit,
  parameter_limit,
  address_limit,
  handling_failed,
  time_limit,
};
inline constexpr DefectKind kLastDefectKind = DefectKind::time_limit;

// One repair: what was wrong, where, and in which part.
struct Defect {
  DefectKind kind;
  std::uint32_t part;    // index in Structure::parts
  std::uint64_t offset;  // octet offset in the message
};

// As in the enumeration, e.g. "missing_closing_boundary": for logs and machines.
std::string_view name_of(DefectKind kind);
// What is wrong, and what is done about it: a sentence for people.
std::string_view describe(DefectKind kind);

// A set of kinds.
class DefectKinds {
 public:
  DefectKinds() = default;
  explicit DefectKinds(const std::vector<Defect>& defects) {
    for (const Defect& defect : defects) add(defect.kind);
  }
  void add(DefectKind kind) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(kind); }
  void add(DefectKinds others) { bits_ |= others.bits_; }
  bool contains(DefectKind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1) != 0; }
  bool empty() const { return bits_ == 0; }
  // Their names with commas between.
  std::string names() const;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace mailkeep::mime
