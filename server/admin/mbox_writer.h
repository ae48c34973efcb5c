// Writes messages into a new mbox file by the mboxrd rule: lines ">*From " get one more ">". Flags
// stand in a pair of Status and X-Status fields on top of each message, which the import takes out
// again. A message's From_ line ends as its lines do: LF where they were made LF, else CRLF.
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

  void begin(const std::string& mailbox, const ExportedMessage& message) override;
  void write(std::string_view bytes) override;
  void end() override;
  void finish() override;

 private:
  void put_start_of_line(char next);

  OutputFile file_;
  std::string_view line_end_ = "\n";
  std::string line_start_;  // as long as it can become ">*From "
  bool at_line_start_ = true;
};

}  // namespace mailkeep::server
