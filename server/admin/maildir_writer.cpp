#include "server/admin/maildir_writer.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "server/admin/maildir_names.h"

namespace mailkeep::server {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFlagLetters = 26;  // of keywords in file names

}  // namespace

MaildirWriter::MaildirWriter(fs::path top, std::string root_mailbox)
    : top_(std::move(top)), root_mailbox_(std::move(root_mailbox)) {
  if (fs::exists(top_) && (!fs::is_directory(top_) || !fs::is_empty(top_))) {
    throw std::runtime_error(top_.string() + ": exists and is not an empty directory");
  }
}

fs::path MaildirWriter::directory_of(const std::string& mailbox) const {
  return mailbox == root_mailbox_ ? top_ : top_ / folder_directory(mailbox);
}

void MaildirWriter::begin_mailbox(const ExportedMailbox& mailbox) {
  end_mailbox();
  mailbox_ = mailbox;
  directory_ = directory_of(mailbox.name);
  for (const char* part : {"cur", "new", "tmp"}) fs::create_directories(directory_ / part);
  // Maildir++ marks folders so.
  if (directory_ != top_) OutputFile(directory_ / "maildirfolder").close();
  uid_list_.emplace(directory_ / "dovecot-uidlist");
  uid_list_->write(uid_list_header(mailbox.uid_validity, mailbox.uid_next.value));
  if (mailbox.keywords.empty()) return;
  OutputFile keywords(directory_ / "dovecot-keywords");
  keywords.write(make_dovecot_keywords(mailbox.keywords));
  keywords.close();
}

void MaildirWriter::end_mailbox() {
  if (!uid_list_) return;
  uid_list_->close();
  uid_list_.reset();
  if (more_keywords_.empty()) return;
  fs::create_directories(directory_ / "courierimapkeywords");
  OutputFile keywords(directory_ / "courierimapkeywords" / ":list");
  keywords.write(make_courier_keywords(more_keywords_));
  keywords.close();
  more_keywords_.clear();
}

void MaildirWriter::begin(const ExportedMessage& message) {
  std::string unique = fmt::format("{}.V{}U{}.mailkeep", message.date.seconds,
                                   mailbox_.uid_validity, message.uid.value);
  if (message.date.zone_minutes != 0) unique += fmt::format(",Z={}", message.date.zone_minutes);
  temporary_ = directory_ / "tmp" / unique;
  const std::string name = unique + ":2," + maildir_flags(message.flags, mailbox_.keywords);
  final_ = directory_ / "cur" / name;
  time_ = message.date.seconds;
  uid_list_->write(uid_list_line(message.uid.value, message.pop3_id, name));
  for (std::size_t i = kFlagLetters; i < mailbox_.keywords.size(); ++i) {
    if (std::ranges::find(message.flags.keywords, mailbox_.keywords[i]) !=
        message.flags.keywords.end()) {
      more_keywords_[unique].push_back(mailbox_.keywords[i]);
    }
  }
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

void MaildirWriter::subscriptions(const std::vector<std::string>& mailboxes) {
  OutputFile file(top_ / "subscriptions");
  file.write(make_dovecot_subscriptions(mailboxes));
  file.close();
}

// One flush of the whole file system costs less than one for each message.
void MaildirWriter::finish() {
  end_mailbox();
  const int descriptor = ::open(top_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::syncfs(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced)
    throw std::runtime_error(top_.string() + ": " + std::generic_category().message(error));
}

}  // namespace mailkeep::server
