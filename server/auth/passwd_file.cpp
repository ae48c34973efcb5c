#include "server/auth/passwd_file.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "server/auth/account_name.h"
#include "server/auth/password_scheme.h"

namespace mailkeep::server {

namespace {

std::string_view take_field(std::string_view& line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  line.remove_prefix(std::min(colon + 1, line.size()));
  return field;
}

constexpr std::size_t kPlainFields = 5;  // uid, gid, gecos, home, shell

}  // namespace

void PasswdFile::add_line(Content& content, std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || line.starts_with('#')) return;
  auto name = account_name(take_field(line));
  if (!name) return;
  User user{.password = std::string(take_field(line)), .networks = {}};
  for (std::size_t field = 0; field < kPlainFields; ++field) take_field(line);
  while (!line.empty()) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string_view extra = line.substr(0, blank);
    line.remove_prefix(std::min(blank + 1, line.size()));
    if (extra.starts_with("nologin")) user.no_login = true;
    constexpr std::string_view kNetworks = "allow_nets=";
    if (!extra.starts_with(kNetworks)) continue;
    user.limited = true;
    for (std::string_view list = extra.substr(kNetworks.size()); !list.empty();) {
      const std::size_t comma = std::min(list.find(','), list.size());
      static_cast<void>(user.networks.add(list.substr(0, comma)));
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
  }
  if (content.any_password.empty()) content.any_password = user.password;
  content.users.insert_or_assign(std::move(*name), std::move(user));
}

std::shared_ptr<const PasswdFile::Content> PasswdFile::content(std::string& detail) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file_, error);
  const auto bytes = error ? 0 : std::filesystem::file_size(file_, error);
  const std::lock_guard lock(mutex_);
  if (error) {
    detail = file_.string() + ": " + error.message();
    return nullptr;
  }
  if (content_ && content_->time == time && content_->bytes == bytes) return content_;
  auto fresh = std::make_shared<Content>();
  fresh->time = time;
  fresh->bytes = bytes;
  std::ifstream stream(file_);
  for (std::string line; std::getline(stream, line);) add_line(*fresh, line);
  if (!stream.eof()) {
    detail = file_.string() + ": cannot be read";
    return nullptr;
  }
  content_ = std::move(fresh);
  return content_;
}

LoginSource::Answer PasswdFile::check(const std::string& name, std::string_view password,
                                      std::string_view peer, std::string& detail) {
  const auto content = this->content(detail);
  if (!content) return Answer::unavailable;
  const auto found = content->users.find(name);
  if (found == content->users.end()) {
    static_cast<void>(check_scheme(content->any_password, password));  // to take as long
    return Answer::unknown;
  }
  const User& user = found->second;
  switch (check_scheme(user.password, password)) {
    case SchemeVerdict::right:
      break;
    case SchemeVerdict::wrong:
      return Answer::wrong;
    case SchemeVerdict::unusable:
      detail = "the passwd-file's password for this name cannot be used";
      return Answer::wrong;
  }
  if (user.no_login || (user.limited && !user.networks.contains(peer))) {
    detail = "the passwd-file does not let this user in from there";
    return Answer::wrong;
  }
  return Answer::right;
}

}  // namespace mailkeep::server
