#include "store/spool_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace mailkeep::store {

namespace {

[[noreturn]] void raise_system(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

SpoolFile::SpoolFile(const std::filesystem::path& directory)
    : descriptor_(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) raise_system("cannot make a spool file");
}

SpoolFile::~SpoolFile() {
  ::close(descriptor_);
}

std::uint64_t SpoolFile::append(std::string_view bytes) {
  const std::uint64_t begin = size_;
  while (!bytes.empty()) {
    ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) raise_system("cannot write to a spool file");
    size_ += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return begin;
}

void SpoolFile::read(std::uint64_t offset, std::size_t length, std::string& out) const {
  out.resize(length);
  std::size_t done = 0;
  while (done < length) {
    ssize_t count =
        ::pread(descriptor_, out.data() + done, length - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = EIO;
    if (count <= 0) raise_system("cannot read from a spool file");
    done += static_cast<std::size_t>(count);
  }
}

}  // namespace mailkeep::store
