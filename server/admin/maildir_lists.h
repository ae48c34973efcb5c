// What mail servers keep beside the messages of a Maildir: UIDs, keywords, POP3 ids, subscriptions.
// Dovecot's and Courier's files, as text in and values out. Lines that make no sense are passed
// over: such files are helpful, never needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mailkeep::server {

// Longer files are not read.
inline constexpr std::uint64_t kMaxListBytes = 256ULL << 20;

struct UidList {
  struct File {
    std::uint32_t uid = 0;
    std::string pop3_id;
  };
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 1;
  // By the name without flags (base_of_file_name). No UID is in it twice: the first one counts.
  std::unordered_map<std::string, File> files;
};

// dovecot-uidlist of version 1 or 3, or courierimapuiddb, which is as version 1. Nothing where it
// is none of them.
std::optional<UidList> parse_uid_list(std::string_view text);
// The first line of a dovecot-uidlist, and one for each message in the order of their UIDs.
std::string uid_list_header(std::uint32_t uid_validity, std::uint32_t uid_next);
std::string uid_list_line(std::uint32_t uid, std::string_view pop3_id, std::string_view file_name);

// dovecot-keywords: the names of the letters 'a' to 'z'; empty where a letter has none.
std::vector<std::string> parse_dovecot_keywords(std::string_view text);
std::string make_dovecot_keywords(const std::vector<std::string>& keywords);

// Keywords by file name without flags.
using KeywordsOfFiles = std::unordered_map<std::string, std::vector<std::string>>;
// courierimapkeywords/:list.
KeywordsOfFiles parse_courier_keywords(std::string_view text);
std::string make_courier_keywords(const KeywordsOfFiles& files);

// courierpop3dsizelist: unique ids by file name without flags, as Courier's POP3 server tells them.
std::unordered_map<std::string, std::string> parse_courier_pop3_list(std::string_view text);

// `subscriptions` of Dovecot, and courierimapsubscribed: names of mailboxes, UTF-8 with '/'.
std::vector<std::string> parse_dovecot_subscriptions(std::string_view text);
std::vector<std::string> parse_courier_subscriptions(std::string_view text);
std::string make_dovecot_subscriptions(const std::vector<std::string>& mailboxes);

}  // namespace mailkeep::server
