// Writes messages into a new mbox file by the mboxrd rule: lines ">*From " get one more ">". Flags,
// keywords, UIDs and POP3 ids stand in fields on top of each message (mbox_fields.h), which the
// import takes out again. A message's From_ line ends as its lines do: LF where they were made LF,
// else CRLF.
#pragma once

#include <filesystem>
#include <string>

#include "server/admin/mail_writer.h"
#include "server/admin/output_file.h"

namespace mailkeep::server {

class MboxWriter final : public MailWriter {
 public:
  // A file that exists is an error (std::runtime_error).
  explicit MboxWriter(const std::filesystem::path& path) : file_(path) {}

  void begin_mailbox(const ExportedMailbox& mailbox) override { mailbox_ = mailbox; }
  void begin(const ExportedMessage& message) override;
  void write(std::string_view bytes) override;
  void end() override;
  void finish() override;
  void subscriptions(const std::vector<std::string>&) override {}

 private:
  void put_start_of_line(char next);

  OutputFile file_;
  ExportedMailbox mailbox_;
  bool first_ = true;
  std::string_view line_end_ = "\n";
  std::string line_start_;  // as long as it can become ">*From "
  bool at_line_start_ = true;
};

}  // namespace mailkeep::server
