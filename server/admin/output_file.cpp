#include "server/admin/output_file.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mailkeep::server {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw std::runtime_error(path.string() + ": " + std::generic_category().message(errno));
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) fail(path_);
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    write_out(buffer_);
    buffer_.clear();
  }
  if (bytes.size() > kBufferBytes) {
    write_out(bytes);
  } else {
    buffer_.append(bytes);
  }
}

void OutputFile::write_out(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) fail(path_);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OutputFile::set_time(std::int64_t seconds) {
  write_out(buffer_);
  buffer_.clear();
  const timespec time{.tv_sec = seconds, .tv_nsec = 0};
  const timespec times[2] = {time, time};
  if (::futimens(descriptor_, times) != 0) fail(path_);
}

void OutputFile::sync() {
  write_out(buffer_);
  buffer_.clear();
  if (::fsync(descriptor_) != 0) fail(path_);
}

void OutputFile::close() {
  write_out(buffer_);
  buffer_.clear();
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) fail(path_);
}

}  // namespace mailkeep::server
