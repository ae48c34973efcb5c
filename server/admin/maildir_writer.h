// Writes messages into a new Maildir++: INBOX, or the one mailbox that is exported, is the Maildir
// itself, other mailboxes are its ".A.B" folders. Flags stand in the file names, a message's
// internal date is its file's time.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "server/admin/mail_writer.h"
#include "server/admin/output_file.h"

namespace mailkeep::server {

class MaildirWriter final : public MailWriter {
 public:
  // `top` must not exist yet, or be an empty directory (else std::runtime_error). `root_mailbox`
  // goes into the Maildir itself.
  MaildirWriter(std::filesystem::path top, std::string root_mailbox);

  // Also for mailboxes without messages.
  void make_folder(const std::string& mailbox);

  void begin(const std::string& mailbox, const ExportedMessage& message) override;
  void write(std::string_view bytes) override;
  void end() override;
  void finish() override;

 private:
  std::filesystem::path directory_of(const std::string& mailbox) const;

  std::filesystem::path top_;
  std::string root_mailbox_;
  std::set<std::string> made_;
  std::optional<OutputFile> file_;
  std::filesystem::path temporary_;
  std::filesystem::path final_;
  std::int64_t time_ = 0;
};

}  // namespace mailkeep::server
