#include "server/admin/maildir_names.h"

#include <algorithm>

#include "mime/text/ascii.h"
#include "mime/text/charset.h"
#include "protocol/imap/wire/mailbox_name.h"

namespace mailkeep::server {
namespace {

constexpr std::string_view kEncodedDot = "&AC4-";

bool has_keyword(const store::FlagSet& flags, std::string_view name) {
  return std::any_of(flags.keywords.begin(), flags.keywords.end(), [&](const std::string& keyword) {
    return mime::equal_ignoring_case(keyword, name);
  });
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t position = 0;
  for (;;) {
    const std::size_t found = text.find(from, position);
    result += text.substr(position, found - position);
    if (found == std::string_view::npos) return result;
    result += to;
    position = found + from.size();
  }
}

std::optional<std::string> decode_level(std::string_view level) {
  if (level.empty()) return std::nullopt;
  const std::string with_dots = replace_all(level, kEncodedDot, ".");
  if (auto decoded = imap::decode_mailbox_name(with_dots)) return decoded;
  if (!mime::is_valid_utf8(level)) return std::nullopt;
  return std::string(level);
}

}  // namespace

store::FlagSet flags_of_file_name(std::string_view name) {
  store::FlagSet flags;
  const std::size_t comma = name.rfind("2,");
  if (comma == std::string_view::npos || comma == 0) return flags;
  const char separator = name[comma - 1];  // ':' cannot be in file names everywhere
  if (separator != ':' && separator != ';' && separator != '!') return flags;
  for (const char letter : name.substr(comma + 2)) {
    switch (letter) {
      case 'D':
        flags.system |= store::flag::draft;
        break;
      case 'F':
        flags.system |= store::flag::flagged;
        break;
      case 'P':
        flags.keywords.assign(1, std::string(kForwarded));
        break;
      case 'R':
        flags.system |= store::flag::answered;
        break;
      case 'S':
        flags.system |= store::flag::seen;
        break;
      case 'T':
        flags.system |= store::flag::deleted;
        break;
      default:
        break;
    }
  }
  return flags;
}

std::string maildir_flags(const store::FlagSet& flags) {
  std::string letters;
  if ((flags.system & store::flag::draft) != 0) letters += 'D';
  if ((flags.system & store::flag::flagged) != 0) letters += 'F';
  if (has_keyword(flags, kForwarded)) letters += 'P';
  if ((flags.system & store::flag::answered) != 0) letters += 'R';
  if ((flags.system & store::flag::seen) != 0) letters += 'S';
  if ((flags.system & store::flag::deleted) != 0) letters += 'T';
  return letters;
}

std::string folder_directory(std::string_view mailbox) {
  std::string directory;
  while (true) {
    const std::size_t slash = mailbox.find('/');
    const std::string level = imap::encode_mailbox_name(mailbox.substr(0, slash));
    directory += '.' + replace_all(level, ".", kEncodedDot);
    if (slash == std::string_view::npos) return directory;
    mailbox.remove_prefix(slash + 1);
  }
}

std::optional<std::string> mailbox_of_folder(std::string_view directory) {
  if (!directory.starts_with('.') || directory == "." || directory == "..") return std::nullopt;
  std::string mailbox;
  while (!directory.empty()) {
    directory.remove_prefix(1);  // the dot
    const std::size_t dot = std::min(directory.find('.'), directory.size());
    const auto level = decode_level(directory.substr(0, dot));
    if (!level || level->find('/') != std::string::npos) return std::nullopt;
    if (!mailbox.empty()) mailbox += '/';
    mailbox += *level;
    directory.remove_prefix(dot);
  }
  return mailbox;
}

}  // namespace mailkeep::server
