// A file that is written from its start to its end. All functions throw std::runtime_error that
// names the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mailkeep::server {

class OutputFile {
 public:
  // Makes a new file; one that exists is an error.
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view bytes);
  void set_time(std::int64_t seconds);
  // To the disk; without it a file may be empty after a power loss.
  void sync();
  // Must be called for errors to be seen.
  void close();

 private:
  void write_out(std::string_view bytes);

  std::filesystem::path path_;
  int descriptor_;
  std::string buffer_;
};

}  // namespace mailkeep::server
