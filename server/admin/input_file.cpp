#include "server/admin/input_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/admin/mail_source.h"

namespace mailkeep::server {

void throw_file_error(const std::filesystem::path& path) {
  throw MailReadError(path.string() + ": " + std::generic_category().message(errno));
}

InputFile::InputFile(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ < 0) throw_file_error(path_);
  struct stat status{};
  // Nobody waits for somebody to write to a pipe; what is written to one is waited for.
  if (::fcntl(descriptor_, F_SETFL, 0) != 0 || ::fstat(descriptor_, &status) != 0) {
    ::close(descriptor_);
    throw_file_error(path_);
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  modified_seconds_ = status.st_mtim.tv_sec;
  ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
}

InputFile::~InputFile() {
  ::close(descriptor_);
}

std::string_view InputFile::read() {
  chunk_.resize(kChunkBytes);
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, chunk_.data(), chunk_.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw_file_error(path_);
  return std::string_view(chunk_).substr(0, static_cast<std::size_t>(got));
}

void InputFile::rewind() {
  if (::lseek(descriptor_, 0, SEEK_SET) != 0) throw_file_error(path_);
}

}  // namespace mailkeep::server
