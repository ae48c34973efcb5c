// Giving up root's rights for those of the user that owns the data directory.
#pragma once

#include <filesystem>
#include <string>

namespace mailkeep::server {

// Makes this process that user's for good; nothing where it is already. Throws std::runtime_error
// where there is no such user or the rights are missing.
void become_user(const std::string& user);

// For root: makes the directory where it is missing and gives it to the user, so that it can be
// used after become_user(). Throws std::runtime_error or std::system_error.
void provide_directory(const std::filesystem::path& directory, const std::string& user);

}  // namespace mailkeep::server
