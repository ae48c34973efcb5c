// How Maildir++ writes flags and folders into file names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace mailkeep::server {

// The keyword that stands for the letter P, "passed" (RFC 5788 registers it).
inline constexpr std::string_view kForwarded = "$Forwarded";

// "unique:2,FS" -> \Flagged \Seen. Small letters are keywords where `keywords` has names for them;
// letters nobody knows do not matter.
store::FlagSet flags_of_file_name(std::string_view name,
                                  const std::vector<std::string>& keywords = {});
// \Flagged \Seen -> "FS", in the order of the alphabet, small letters for the first 26 keywords.
std::string maildir_flags(const store::FlagSet& flags,
                          const std::vector<std::string>& keywords = {});

// "unique:2,FS" -> "unique".
std::string_view base_of_file_name(std::string_view name);
// The number after ",S=" or another letter in the base of a name; nothing where there is none.
std::optional<std::int64_t> number_in_file_name(std::string_view base, char letter);

// One level of a folder's name: "a.b" <-> "a&AC4-b". Nothing where it is none.
std::string encode_folder_level(std::string_view level);
std::optional<std::string> decode_folder_level(std::string_view level);

// "Work/2024" -> ".Work.2024": modified UTF-7 (RFC 3501 5.1.3), a dot inside a level as "&AC4-".
std::string folder_directory(std::string_view mailbox);
// ".Work.2024" -> "Work/2024". Nothing where it is no folder's name. Names that are not modified
// UTF-7 but UTF-8 are taken as they are, since some programs write them so.
std::optional<std::string> mailbox_of_folder(std::string_view directory);

}  // namespace mailkeep::server
