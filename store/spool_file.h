// An unnamed file for what does not fit in memory; gone with its object, or with the process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mailkeep::store {

class SpoolFile {
 public:
  // In `directory`, which must exist. Throws std::system_error.
  explicit SpoolFile(const std::filesystem::path& directory);
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // Adds to the end; returns where it begins. Throws std::system_error.
  std::uint64_t append(std::string_view bytes);
  // Reads exactly `length` octets at `offset` into `out`. Throws std::system_error.
  void read(std::uint64_t offset, std::size_t length, std::string& out) const;

 private:
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace mailkeep::store
