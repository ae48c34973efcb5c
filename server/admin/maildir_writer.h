// Writes messages into a new Maildir++: INBOX, or the one mailbox that is exported, is the Maildir
// itself, other mailboxes are its ".A.B" folders. Flags stand in the file names, a message's
// internal date is its file's time. UIDs, UIDVALIDITY and POP3 ids stand in dovecot-uidlist,
// keywords in dovecot-keywords (those beyond 26 in courierimapkeywords), as Dovecot has them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/admin/mail_writer.h"
#include "server/admin/maildir_lists.h"
#include "server/admin/output_file.h"

namespace mailkeep::server {

class MaildirWriter final : public MailWriter {
 public:
  // `top` must not exist yet, or be an empty directory (else std::runtime_error). `root_mailbox`
  // goes into the Maildir itself.
  MaildirWriter(std::filesystem::path top, std::string root_mailbox);

  void begin_mailbox(const ExportedMailbox& mailbox) override;
  void begin(const ExportedMessage& message) override;
  void write(std::string_view bytes) override;
  void end() override;
  void finish() override;
  void subscriptions(const std::vector<std::string>& mailboxes) override;

 private:
  std::filesystem::path directory_of(const std::string& mailbox) const;
  void end_mailbox();

  std::filesystem::path top_;
  std::string root_mailbox_;
  ExportedMailbox mailbox_;
  std::filesystem::path directory_;  // of the mailbox
  std::optional<OutputFile> uid_list_;
  KeywordsOfFiles more_keywords_;  // that have no letter
  std::optional<OutputFile> file_;
  std::filesystem::path temporary_;
  std::filesystem::path final_;
  std::int64_t time_ = 0;
};

}  // namespace mailkeep::server
