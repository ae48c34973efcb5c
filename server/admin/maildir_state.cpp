#include "server/admin/maildir_state.h"

#include <algorithm>
#include <system_error>

#include "server/admin/input_file.h"
#include "server/admin/maildir_names.h"

namespace mailkeep::server {
namespace {

namespace fs = std::filesystem;

// The whole file; nothing where there is none or it is too long to be one of these.
std::optional<std::string> read_list(const fs::path& path) {
  std::error_code error;
  // No link: it may lead to files that are not the user's.
  if (!fs::is_regular_file(fs::symlink_status(path, error)) ||
      fs::file_size(path, error) > kMaxListBytes || error) {
    return std::nullopt;
  }
  InputFile file(path);
  std::string text;
  for (std::string_view chunk = file.read(); !chunk.empty(); chunk = file.read()) text += chunk;
  return text;
}

std::optional<UidList> read_uid_list(const fs::path& path) {
  const auto text = read_list(path);
  return text ? parse_uid_list(*text) : std::nullopt;
}

}  // namespace

MaildirState::MaildirState(const fs::path& directory, const std::optional<Pop3IdFormat>& ids)
    : path_(fs::absolute(directory).lexically_normal().string()), ids_(ids) {
  if (auto dovecot = read_uid_list(directory / "dovecot-uidlist")) {
    uids_ = *std::move(dovecot);
    if (!ids_) ids_ = Pop3IdFormat::parse("dovecot");
  } else if (auto courier = read_uid_list(directory / "courierimapuiddb")) {
    uids_ = *std::move(courier);
  }
  if (const auto text = read_list(directory / "dovecot-keywords")) {
    letters_ = parse_dovecot_keywords(*text);
  }
  if (const auto text = read_list(directory / "courierpop3dsizelist")) {
    pop3_ids_ = parse_courier_pop3_list(*text);
  }
  read_courier_keywords(directory);
}

// The list, and a file for each message whose keywords changed since: ".N.NAME", of which the
// highest N counts, or "NAME", which counts before all of those.
void MaildirState::read_courier_keywords(const fs::path& directory) {
  const fs::path folder = directory / "courierimapkeywords";
  if (const auto text = read_list(folder / ":list")) keywords_ = parse_courier_keywords(*text);
  std::unordered_map<std::string, std::pair<std::uint64_t, fs::path>> newest;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (name == ":list") continue;
    std::uint64_t age = ~std::uint64_t{0};
    if (name.starts_with('.')) {
      const std::size_t dot = name.find('.', 1);
      if (dot == std::string::npos) continue;
      age = std::strtoull(name.c_str() + 1, nullptr, 10);
      name.erase(0, dot + 1);
    }
    auto& known = newest[std::string(base_of_file_name(name))];
    if (known.second.empty() || age > known.first) known = {age, it->path()};
  }
  for (const auto& [name, update] : newest) {
    const auto text = read_list(update.second);
    if (!text) continue;
    std::vector<std::string>& keywords = keywords_[name];
    keywords.clear();
    for (std::size_t begin = 0; begin < text->size();) {
      const std::size_t end = std::min(text->find('\n', begin), text->size());
      if (end > begin) keywords.push_back(text->substr(begin, end - begin));
      begin = end + 1;
    }
  }
}

ImportedFolder MaildirState::folder(const std::string& name) const {
  return {name, uids_.uid_validity, store::Uid{uids_.uid_next}, "maildir:" + path_};
}

void MaildirState::describe(MailFile& file) const {
  const std::string file_name = file.path.filename().string();
  const std::string base(base_of_file_name(file_name));
  file.flags = flags_of_file_name(file_name, letters_);
  if (const auto found = keywords_.find(base); found != keywords_.end()) {
    for (const std::string& keyword : found->second) {
      if (std::ranges::find(file.flags.keywords, keyword) == file.flags.keywords.end()) {
        file.flags.keywords.push_back(keyword);
      }
    }
  }
  const auto zone = number_in_file_name(base, 'Z');
  if (zone && *zone > -24L * 60 && *zone < 24L * 60) {
    file.zone_minutes = static_cast<std::int32_t>(*zone);
  }
  if (const auto found = uids_.files.find(base); found != uids_.files.end()) {
    file.uid = found->second.uid;
    file.pop3_id = found->second.pop3_id;
  }
  if (const auto found = pop3_ids_.find(base); found != pop3_ids_.end() && file.pop3_id.empty()) {
    file.pop3_id = found->second;
  }
  if (ids_ && file.uid != 0 && file.pop3_id.empty()) {
    file.pop3_id = ids_->make(uids_.uid_validity, file.uid, base);
  }
}

std::optional<std::vector<std::string>> read_subscriptions(const fs::path& directory) {
  if (const auto text = read_list(directory / "subscriptions")) {
    return parse_dovecot_subscriptions(*text);
  }
  if (const auto text = read_list(directory / "courierimapsubscribed")) {
    return parse_courier_subscriptions(*text);
  }
  return std::nullopt;
}

}  // namespace mailkeep::server
