#include "server/admin/maildir_names.h"

#include <algorithm>
#include <charconv>

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

// Where the flags begin, with the separator; the name's end where it has none.
std::size_t flags_begin(std::string_view name) {
  const std::size_t comma = name.rfind("2,");
  if (comma == std::string_view::npos || comma == 0) return name.size();
  const char separator = name[comma - 1];  // ':' cannot be in file names everywhere
  return separator == ':' || separator == ';' || separator == '!' ? comma - 1 : name.size();
}

}  // namespace

std::string_view base_of_file_name(std::string_view name) {
  return name.substr(0, std::min(name.find(':'), flags_begin(name)));
}

std::optional<std::int64_t> number_in_file_name(std::string_view base, char letter) {
  const std::string mark{',', letter, '='};
  const std::size_t found = base.find(mark);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view digits = base.substr(found + mark.size());
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || (end != digits.data() + digits.size() && *end != ',')) {
    return std::nullopt;
  }
  return value;
}

std::string encode_folder_level(std::string_view level) {
  return replace_all(imap::encode_mailbox_name(level), ".", kEncodedDot);
}

std::optional<std::string> decode_folder_level(std::string_view level) {
  if (level.empty()) return std::nullopt;
  const std::string with_dots = replace_all(level, kEncodedDot, ".");
  if (auto decoded = imap::decode_mailbox_name(with_dots)) return decoded;
  if (!mime::is_valid_utf8(level)) return std::nullopt;
  return std::string(level);
}

store::FlagSet flags_of_file_name(std::string_view name, const std::vector<std::string>& keywords) {
  store::FlagSet flags;
  bool passed = false;
  const std::size_t begin = flags_begin(name);
  if (begin == name.size()) return flags;
  std::string_view letters = name.substr(begin + 3);
  letters = letters.substr(0, letters.find(','));
  for (const char letter : letters) {
    const auto place = static_cast<std::size_t>(static_cast<unsigned char>(letter) - 'a');
    if (letter >= 'a' && letter <= 'z' && place < keywords.size() && !keywords[place].empty()) {
      flags.keywords.push_back(keywords[place]);
    }
    switch (letter) {
      case 'D':
        flags.system |= store::flag::draft;
        break;
      case 'F':
        flags.system |= store::flag::flagged;
        break;
      case 'P':
        passed = true;
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
  if (passed && !has_keyword(flags, kForwarded)) flags.keywords.emplace_back(kForwarded);
  return flags;
}

std::string maildir_flags(const store::FlagSet& flags, const std::vector<std::string>& keywords) {
  std::string letters;
  if ((flags.system & store::flag::draft) != 0) letters += 'D';
  if ((flags.system & store::flag::flagged) != 0) letters += 'F';
  if (has_keyword(flags, kForwarded)) letters += 'P';
  if ((flags.system & store::flag::answered) != 0) letters += 'R';
  if ((flags.system & store::flag::seen) != 0) letters += 'S';
  if ((flags.system & store::flag::deleted) != 0) letters += 'T';
  for (std::size_t i = 0; i < keywords.size() && i < 26; ++i) {
    if (has_keyword(flags, keywords[i])) letters += static_cast<char>('a' + i);
  }
  return letters;
}

std::string folder_directory(std::string_view mailbox) {
  std::string directory;
  while (true) {
    const std::size_t slash = mailbox.find('/');
    directory += '.' + encode_folder_level(mailbox.substr(0, slash));
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
    const auto level = decode_folder_level(directory.substr(0, dot));
    if (!level || level->find('/') != std::string::npos) return std::nullopt;
    if (!mailbox.empty()) mailbox += '/';
    mailbox += *level;
    directory.remove_prefix(dot);
  }
  return mailbox;
}

}  // namespace mailkeep::server
