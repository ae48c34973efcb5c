#include "server/admin/maildir_writer.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "server/admin/maildir_names.h"

namespace mailkeep::server {

namespace fs = std::filesystem;

MaildirWriter::MaildirWriter(fs::path top, std::string root_mailbox)
    : top_(std::move(top)), root_mailbox_(std::move(root_mailbox)) {
  if (fs::exists(top_) && (!fs::is_directory(top_) || !fs::is_empty(top_))) {
    throw std::runtime_error(top_.string() + ": exists and is not an empty directory");
  }
  make_folder(root_mailbox_);
}

fs::path MaildirWriter::directory_of(const std::string& mailbox) const {
  return mailbox == root_mailbox_ ? top_ : top_ / folder_directory(mailbox);
}

void MaildirWriter::make_folder(const std::string& mailbox) {
  if (!made_.insert(mailbox).second) return;
  const fs::path directory = directory_of(mailbox);
  for (const char* part : {"cur", "new", "tmp"}) fs::create_directories(directory / part);
  // Maildir++ marks folders so.
  if (directory != top_) OutputFile(directory / "maildirfolder").close();
}

void MaildirWriter::begin(const std::string& mailbox, const ExportedMessage& message) {
  make_folder(mailbox);
  const fs::path directory = directory_of(mailbox);
  const std::string unique = fmt::format("{}.V{}U{}.mailkeep", message.date.seconds,
                                         message.uid_validity, message.uid.value);
  temporary_ = directory / "tmp" / unique;
  final_ = directory / "cur" / (unique + ":2," + maildir_flags(message.flags));
  time_ = message.date.seconds;
  file_.emplace(temporary_);
}

void MaildirWriter::write(std::string_view bytes) {
  file_->write(bytes);
}

void MaildirWriter::end() {
  file_->set_time(time_);
  file_->close();
  file_.reset();
  fs::rename(temporary_, final_);
}

// One flush of the whole file system costs less than one for each message.
void MaildirWriter::finish() {
  const int descriptor = ::open(top_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::syncfs(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced)
    throw std::runtime_error(top_.string() + ": " + std::generic_category().message(error));
}

}  // namespace mailkeep::server
