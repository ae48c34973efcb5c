// What the server of a Maildir knew of its messages: maildir_lists.h, read from the directory.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/admin/mail_files.h"
#include "server/admin/maildir_lists.h"
#include "server/admin/pop3_id_format.h"

namespace mailkeep::server {

class MaildirState {
 public:
  // Reads Dovecot's or, where there is none, Courier's files. `ids` makes POP3 ids where they tell
  // none; without it, Dovecot's Maildirs have those that Dovecot makes by itself.
  MaildirState(const std::filesystem::path& directory, const std::optional<Pop3IdFormat>& ids);

  ImportedFolder folder(const std::string& name) const;
  // Fills in UID, POP3 id, flags and zone.
  void describe(MailFile& file) const;

 private:
  void read_courier_keywords(const std::filesystem::path& directory);

  std::string path_;
  UidList uids_;
  std::optional<Pop3IdFormat> ids_;
  std::vector<std::string> letters_;
  KeywordsOfFiles keywords_;
  std::unordered_map<std::string, std::string> pop3_ids_;
};

// The folders that are subscribed, or nothing where no server has written it down.
std::optional<std::vector<std::string>> read_subscriptions(const std::filesystem::path& directory);

}  // namespace mailkeep::server
