#include "server/run_as.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mailkeep::server {

namespace {

const passwd& entry_of(const std::string& user) {
  errno = 0;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) throw std::runtime_error(fmt::format("run-as: no user \"{}\"", user));
  return *entry;
}

}  // namespace

void become_user(const std::string& user) {
  const passwd& entry = entry_of(user);
  if (entry.pw_uid == ::geteuid()) return;
  if (::initgroups(user.c_str(), entry.pw_gid) != 0 || ::setgid(entry.pw_gid) != 0 ||
      ::setuid(entry.pw_uid) != 0) {
    throw std::runtime_error(
        fmt::format("run-as: cannot become \"{}\": {}", user, std::strerror(errno)));
  }
}

void provide_directory(const std::filesystem::path& directory, const std::string& user) {
  const passwd& entry = entry_of(user);
  if (!std::filesystem::create_directories(directory)) return;
  if (::chmod(directory.c_str(), S_IRWXU) != 0 ||
      ::chown(directory.c_str(), entry.pw_uid, entry.pw_gid) != 0) {
    throw std::system_error(errno, std::generic_category(), directory.string());
  }
}

}  // namespace mailkeep::server
