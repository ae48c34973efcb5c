// Finds the first NUL and the first CR that no LF follows in a stream of octets, at memory speed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mailkeep::mime {

class OctetCheck {
 public:
  // The next octets; cut anywhere.
  void feed(std::string_view octets);
  // The end: a CR there is a bare one.
  void finish();

  // Offsets from the first octet fed.
  std::optional<std::uint64_t> first_nul() const { return first_nul_; }
  std::optional<std::uint64_t> first_bare_cr() const { return first_bare_cr_; }

 private:
  void check_block(std::string_view block);

  std::uint64_t offset_ = 0;
  bool after_cr_ = false;
  std::optional<std::uint64_t> first_nul_;
  std::optional<std::uint64_t> first_bare_cr_;
};

}  // namespace mailkeep::mime
