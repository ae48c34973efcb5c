// Messages that are a file each: in Maildirs, in directories of .eml files, or alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/admin/mail_source.h"
#include "server/admin/pop3_id_format.h"

namespace mailkeep::server {

struct MailFile {
  std::filesystem::path path;
  std::string folder;  // as of ImportedMessage
  store::FlagSet flags;
  std::uint64_t bytes = 0;
  std::int64_t modified_seconds = 0;
  std::int32_t zone_minutes = 0;
  bool in_maildir = false;  // then its time is when it arrived, else the header says that
  std::uint32_t uid = 0;    // zero: not known
  std::string pop3_id{};    // empty: not known
};

struct DirectoryContent {
  std::vector<MailFile> files;          // of each folder by UID, then in the order of arrival
  std::vector<ImportedFolder> folders;  // the Maildirs
  std::optional<std::vector<std::string>> subscriptions;
  std::vector<std::filesystem::path> mboxes;  // files ending in .mbox
  std::vector<std::string> complaints;        // what cannot be read or understood
};

// All mail below a directory. A directory with `cur` or `new` is a Maildir and its ".A.B"
// directories are its folders; a Maildir inside a plain directory is a folder named by its way from
// the top. Else files that end in .eml are messages, and belong to no folder. Symbolic links in
// place of files, and pipes, are complained of, not read. UIDs, keywords, POP3 ids and
// subscriptions are taken from the files that Dovecot or Courier keep in Maildirs; `ids` makes POP3
// ids where they tell none.
DirectoryContent scan_directory(const std::filesystem::path& top,
                                const std::optional<Pop3IdFormat>& ids = std::nullopt);

// One file that is a message.
MailFile single_mail_file(const std::filesystem::path& path);

// Reads files as messages. A file without any CRLF gets CRLF for its LF, unless verbatim; empty
// files are refused.
class FileSource final : public MailSource {
 public:
  FileSource(DirectoryContent content, bool verbatim);

  std::vector<ImportedFolder> folders() const override { return folders_; }
  std::optional<std::vector<std::string>> subscriptions() const override { return subscriptions_; }
  std::uint64_t total_bytes() const override { return total_bytes_; }
  std::uint64_t bytes_done() const override { return bytes_done_; }
  std::optional<ImportedMessage> next(const Write& write) override;
  std::string where() const override;

 private:
  std::vector<MailFile> files_;
  std::vector<ImportedFolder> folders_;
  std::optional<std::vector<std::string>> subscriptions_;
  bool verbatim_;
  std::size_t next_ = 0;
  std::uint64_t total_bytes_ = 0;
  std::uint64_t bytes_done_ = 0;
};

}  // namespace mailkeep::server
