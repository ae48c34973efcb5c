// A file that is read from its start to its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mailkeep::server {

class InputFile {
 public:
  static constexpr std::size_t kChunkBytes = 256 * 1024;

  // Throws MailReadError that names the file, as read() does.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // The next chunk, valid until the next call; empty at the end.
  std::string_view read();
  void rewind();

  std::uint64_t size() const { return size_; }
  std::int64_t modified_seconds() const { return modified_seconds_; }

 private:
  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
  std::int64_t modified_seconds_ = 0;
  std::string chunk_;
};

// What went wrong with a file, by errno: "FILE: No such file or directory".
[[noreturn]] void throw_file_error(const std::filesystem::path& path);

}  // namespace mailkeep::server
