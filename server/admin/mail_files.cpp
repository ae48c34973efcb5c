#include "server/admin/mail_files.h"

#include <algorithm>
#include <system_error>

#include <sys/stat.h>

#include "mime/text/ascii.h"
#include "server/admin/arrival_date.h"
#include "server/admin/input_file.h"
#include "server/admin/line_ends.h"
#include "server/admin/maildir_names.h"
#include "server/admin/maildir_state.h"

namespace mailkeep::server {
namespace {

namespace fs = std::filesystem;

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         mime::equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

bool is_maildir(const fs::path& directory) {
  std::error_code error;
  return fs::is_directory(directory / "cur", error) || fs::is_directory(directory / "new", error);
}

// Whether it is a link, which may lead to files that are not the user's, or no file at all.
bool is_odd_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

// Nothing where it is no regular file.
std::optional<MailFile> mail_file(const fs::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) throw_file_error(path);
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  MailFile file;
  file.path = path;
  file.bytes = static_cast<std::uint64_t>(status.st_size);
  file.modified_seconds = status.st_mtim.tv_sec;
  return file;
}

// One walk over a tree.
class Scan {
 public:
  explicit Scan(const std::optional<Pop3IdFormat>& ids) : ids_(ids) {}

  DirectoryContent result;

  // `folder` names `directory` if it is a Maildir.
  void visit(const fs::path& directory, const std::string& folder) {
    const bool maildir = is_maildir(directory);
    if (maildir) add_maildir(directory, folder);
    if (maildir && folder.empty()) result.subscriptions = read_subscriptions(directory);
    std::vector<fs::path> eml;
    for (const fs::path& entry : entries(directory)) {
      const std::string name = entry.filename().string();
      std::error_code error;
      if (fs::is_directory(fs::symlink_status(entry, error))) {
        visit_below(entry, name, folder, maildir);
      } else if (!maildir && ends_with_ignoring_case(name, ".eml")) {
        eml.push_back(entry);
      } else if (!maildir && ends_with_ignoring_case(name, ".mbox")) {
        if (!refuse_odd_file(entry)) result.mboxes.push_back(entry);
      }
    }
    for (const fs::path& path : eml) add(path, "", false);
  }

 private:
  void visit_below(const fs::path& directory, const std::string& name, const std::string& folder,
                   bool in_maildir) {
    if (in_maildir && (name == "cur" || name == "new" || name == "tmp")) return;
    std::optional<std::string> level = name;
    if (name.starts_with('.')) {
      if (!is_maildir(directory)) return;  // hidden, and no folder
      level = mailbox_of_folder(name);
      if (!level) {
        result.complaints.push_back(directory.string() + ": not a folder name");
        return;
      }
    }
    visit(directory, folder.empty() ? *level : folder + '/' + *level);
  }

  std::vector<fs::path> entries(const fs::path& directory) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
      paths.push_back(it->path());
    }
    if (error) result.complaints.push_back(directory.string() + ": " + error.message());
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  void add_maildir(const fs::path& directory, const std::string& folder) {
    const MaildirState state(directory, ids_);
    result.folders.push_back(state.folder(folder));
    const std::size_t begin = result.files.size();
    std::error_code error;
    for (const char* part : {"cur", "new"}) {
      if (!fs::is_directory(directory / part, error)) continue;
      for (const fs::path& path : entries(directory / part)) {
        if (path.filename().string().starts_with('.')) continue;
        if (MailFile* const file = add(path, folder, true)) state.describe(*file);
      }
    }
    // Those without a UID come after the others, as a server would number them.
    std::stable_sort(result.files.begin() + static_cast<std::ptrdiff_t>(begin), result.files.end(),
                     [](const MailFile& a, const MailFile& b) {
                       return std::pair(a.uid - 1, a.modified_seconds) <
                              std::pair(b.uid - 1, b.modified_seconds);
                     });
  }

  bool refuse_odd_file(const fs::path& path) {
    if (!is_odd_file(path)) return false;
    result.complaints.push_back(path.string() + ": not a file of its own");
    return true;
  }

  MailFile* add(const fs::path& path, const std::string& folder, bool in_maildir) {
    if (refuse_odd_file(path)) return nullptr;
    try {
      auto file = mail_file(path);
      if (!file) return nullptr;
      file->folder = folder;
      file->in_maildir = in_maildir;
      return &result.files.emplace_back(std::move(*file));
    } catch (const MailReadError& error) {
      result.complaints.emplace_back(error.what());
      return nullptr;
    }
  }

  const std::optional<Pop3IdFormat>& ids_;
};

// Whether all line ends are bare LF. Reads on while that is open; the file is at its start again.
bool has_unix_line_ends(InputFile& file) {
  LineEndCheck check;
  for (std::string_view chunk = file.read(); !chunk.empty(); chunk = file.read()) {
    check.feed(chunk);
    if (check.has_crlf()) break;
  }
  file.rewind();
  return check.has_bare_lf() && !check.has_crlf();
}

bool is_compressed(std::string_view start) {
  return start.starts_with("\x1f\x8b") || start.starts_with("\x28\xb5\x2f\xfd") ||
         start.starts_with(
             "\xfd"
             "7zXZ");
}

}  // namespace

DirectoryContent scan_directory(const fs::path& top, const std::optional<Pop3IdFormat>& ids) {
  Scan scan(ids);
  scan.visit(top, "");
  return std::move(scan.result);
}

MailFile single_mail_file(const fs::path& path) {
  auto file = mail_file(path);
  if (!file) throw MailReadError(path.string() + ": neither a file nor a directory");
  return std::move(*file);
}

FileSource::FileSource(DirectoryContent content, bool verbatim)
    : files_(std::move(content.files)),
      folders_(std::move(content.folders)),
      subscriptions_(std::move(content.subscriptions)),
      verbatim_(verbatim) {
  for (const MailFile& file : files_) total_bytes_ += file.bytes;
}

std::string FileSource::where() const {
  return next_ == 0 ? "" : files_[next_ - 1].path.string();
}

std::optional<ImportedMessage> FileSource::next(const Write& write) {
  if (next_ == files_.size()) return std::nullopt;
  const MailFile& entry = files_[next_++];
  bytes_done_ += entry.bytes;
  InputFile file(entry.path);
  if (file.size() == 0) throw MailReadError(entry.path.string() + ": is empty");
  const bool convert = !verbatim_ && has_unix_line_ends(file);
  std::string header;
  std::string converted;
  bool after_cr = false;
  for (std::string_view chunk = file.read(); !chunk.empty(); chunk = file.read()) {
    if (convert) {
      converted.clear();
      append_with_crlf(converted, chunk, after_cr);
    }
    if (header.empty() && is_compressed(chunk)) {
      throw MailReadError(entry.path.string() + ": is compressed, and not a message as it stands");
    }
    const std::string_view octets = convert ? std::string_view(converted) : chunk;
    if (header.empty()) header = octets.substr(0, kHeaderBytes);
    write(octets);
  }
  store::InternalDate date{entry.modified_seconds, entry.zone_minutes};
  if (!entry.in_maildir) date = arrival_date(header).value_or(date);
  return ImportedMessage{entry.folder, entry.flags, date, store::Uid{entry.uid}, entry.pop3_id};
}

}  // namespace mailkeep::server
