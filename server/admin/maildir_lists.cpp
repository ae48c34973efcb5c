#include "server/admin/maildir_lists.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

#include <fmt/format.h>

#include "mime/text/ascii.h"
#include "server/admin/maildir_names.h"
#include "store/types.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kLetters = 26;

// Takes the text up to `end` from the front of `rest`, and `end`.
std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t found = std::min(rest.find(end), rest.size());
  const std::string_view taken = rest.substr(0, found);
  rest.remove_prefix(std::min(found + 1, rest.size()));
  return taken;
}

std::string_view take_line(std::string_view& rest) {
  std::string_view line = take_until(rest, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_keyword(std::string_view text) {
  return !text.empty() && text.size() <= store::kMaxKeywordBytes;
}

// "1 UIDVALIDITY UIDNEXT" or "3 V... N... other", as far as it is that.
bool parse_header(std::string_view line, UidList& list, bool& has_fields) {
  const std::string_view version = take_until(line, ' ');
  if (version == "1") {
    const auto uid_validity = number(take_until(line, ' '));
    const auto uid_next = number(take_until(line, ' '));
    if (!uid_validity || !uid_next) return false;
    list.uid_validity = *uid_validity;
    list.uid_next = *uid_next;
    return true;
  }
  if (version != "3") return false;
  has_fields = true;
  while (!line.empty()) {
    const std::string_view field = take_until(line, ' ');
    if (field.empty()) continue;
    const auto value = number(field.substr(1));
    if (value && field.front() == 'V') list.uid_validity = *value;
    if (value && field.front() == 'N') list.uid_next = *value;
  }
  return list.uid_validity != 0;
}

// Fields before the file's name: "P..." is the POP3 id.
void take_fields(std::string_view& line, UidList::File& file) {
  while (!line.empty() && line.front() != ':') {
    const std::string_view field = take_until(line, ' ');
    if (field.starts_with('P')) file.pop3_id = field.substr(1);
  }
  if (!line.empty()) line.remove_prefix(1);  // the colon
}

// As Courier makes one of a file's name.
std::string pop3_id_of_name(std::string_view name) {
  std::string id;
  for (const char octet : name) {
    if (octet < 0x21 || octet > 0x7e || octet == '\'' || octet == '"' || octet == '+') {
      id += fmt::format("+{:02X}", static_cast<unsigned char>(octet));
    } else {
      id += octet;
    }
  }
  return id;
}

// Levels of a name that `separator` stands between, as a mailbox name.
std::optional<std::string> join_levels(std::string_view name, char separator) {
  std::string mailbox;
  while (!name.empty()) {
    const auto level = decode_folder_level(take_until(name, separator));
    if (!level) return std::nullopt;
    if (!mailbox.empty()) mailbox += '/';
    mailbox += *level;
  }
  return mailbox;
}

// Dovecot's escapes of what would end a field.
std::string unescape_tabs(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x01' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char code = text[++i];
    result += code == '1' ? '\x01' : code == 't' ? '\t' : code == 'n' ? '\n' : code;
  }
  return result;
}

}  // namespace

std::optional<UidList> parse_uid_list(std::string_view text) {
  UidList list;
  bool has_fields = false;
  if (!parse_header(take_line(text), list, has_fields)) return std::nullopt;
  std::unordered_set<std::uint32_t> uids;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    UidList::File file;
    const auto uid = number(take_until(line, ' '));
    if (!uid || *uid == 0) continue;
    file.uid = *uid;
    if (has_fields) take_fields(line, file);
    const std::string_view name = base_of_file_name(line);
    if (name.empty() || !uids.insert(file.uid).second) continue;
    if (file.uid >= list.uid_next && file.uid < 0xffffffffU) list.uid_next = file.uid + 1;
    list.files.try_emplace(std::string(name), std::move(file));
  }
  return list;
}

std::string uid_list_header(std::uint32_t uid_validity, std::uint32_t uid_next) {
  return fmt::format("3 V{} N{}\n", uid_validity, uid_next);
}

std::string uid_list_line(std::uint32_t uid, std::string_view pop3_id, std::string_view file_name) {
  if (pop3_id.empty()) return fmt::format("{} :{}\n", uid, file_name);
  return fmt::format("{} P{} :{}\n", uid, pop3_id, file_name);
}

std::vector<std::string> parse_dovecot_keywords(std::string_view text) {
  std::vector<std::string> keywords(kLetters);
  while (!text.empty()) {
    std::string_view line = take_line(text);
    const auto letter = number(take_until(line, ' '));
    if (letter && *letter < kLetters && is_keyword(line)) keywords[*letter] = line;
  }
  return keywords;
}

std::string make_dovecot_keywords(const std::vector<std::string>& keywords) {
  std::string text;
  for (std::size_t i = 0; i < std::min(keywords.size(), kLetters); ++i) {
    text += fmt::format("{} {}\n", i, keywords[i]);
  }
  return text;
}

KeywordsOfFiles parse_courier_keywords(std::string_view text) {
  std::vector<std::string_view> names;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    names.push_back(line);
  }
  KeywordsOfFiles files;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t colon = line.rfind(':');
    if (colon == std::string_view::npos) continue;
    std::vector<std::string>& keywords =
        files[std::string(base_of_file_name(line.substr(0, colon)))];
    std::string_view numbers = line.substr(colon + 1);
    while (!numbers.empty()) {
      const auto place = number(take_until(numbers, ' '));
      if (place && *place < names.size() && is_keyword(names[*place])) {
        keywords.emplace_back(names[*place]);
      }
    }
  }
  return files;
}

std::string make_courier_keywords(const KeywordsOfFiles& files) {
  std::vector<std::string> names;
  std::string lines;
  for (const auto& [file, keywords] : files) {
    lines += file + ':';
    for (const std::string& keyword : keywords) {
      auto place = std::ranges::find(names, keyword);
      if (place == names.end()) place = names.insert(names.end(), keyword);
      if (!lines.ends_with(':')) lines += ' ';
      lines += std::to_string(place - names.begin());
    }
    lines += '\n';
  }
  std::string text;
  for (const std::string& name : names) text += name + '\n';
  return text + '\n' + lines;
}

std::unordered_map<std::string, std::string> parse_courier_pop3_list(std::string_view text) {
  std::unordered_map<std::string, std::string> ids;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (line.starts_with('/')) continue;  // the header
    const std::string_view name = base_of_file_name(take_until(line, ' '));
    if (name.empty() || !number(take_until(line, ' '))) continue;
    std::string_view id = take_until(line, ' ');
    const auto uid = number(take_until(id, ':'));
    // A third number behind it tells of UTF-8 in the message.
    const auto validity = number(take_until(id, ':'));
    std::string made;
    if (!uid || *uid == 0) {
      made = pop3_id_of_name(name);
    } else if (validity && *validity != 0) {
      made = fmt::format("UID{}-{}", *uid, *validity);
    } else {
      made = fmt::format("UID{}", *uid);
    }
    ids.emplace(name, std::move(made));
  }
  return ids;
}

std::vector<std::string> parse_dovecot_subscriptions(std::string_view text) {
  std::vector<std::string> mailboxes;
  const bool second_version = text.starts_with("V\t2\n");
  if (second_version) take_line(text);
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) continue;
    std::optional<std::string> name;
    if (second_version) {
      std::string_view rest = line;
      std::string joined;
      while (!rest.empty()) {
        if (!joined.empty()) joined += '\t';
        joined += unescape_tabs(take_until(rest, '\t'));
      }
      name = join_levels(joined, '\t');
    } else {
      name = join_levels(line, line.find('/') == std::string_view::npos ? '.' : '/');
    }
    if (name && !name->empty()) mailboxes.push_back(*std::move(name));
  }
  return mailboxes;
}

std::vector<std::string> parse_courier_subscriptions(std::string_view text) {
  std::vector<std::string> mailboxes;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (line.starts_with("INBOX.")) line.remove_prefix(6);
    auto name = join_levels(line, '.');
    if (name && !name->empty()) mailboxes.push_back(*std::move(name));
  }
  return mailboxes;
}

std::string make_dovecot_subscriptions(const std::vector<std::string>& mailboxes) {
  std::string text = "V\t2\n\n";
  for (std::string_view rest : mailboxes) {
    std::string line;
    while (!rest.empty()) {
      if (!line.empty()) line += '\t';
      line += encode_folder_level(take_until(rest, '/'));
    }
    text += line + '\n';
  }
  return text;
}

}  // namespace mailkeep::server
