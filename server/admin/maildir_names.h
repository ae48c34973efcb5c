// How Maildir++ writes flags and folders into file names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::server {

// The keyword that stands for the letter P, "passed" (RFC 5788 registers it).
inline constexpr std::string_view kForwarded = "$Forwarded";

// "unique:2,FS" -> \Flagged \Seen. Letters nobody knows do not matter.
store::FlagSet flags_of_file_name(std::string_view name);
// \Flagged \Seen -> "FS", in the order of the alphabet.
std::string maildir_flags(const store::FlagSet& flags);

// "Work/2024" -> ".Work.2024": modified UTF-7 (RFC 3501 5.1.3), a dot inside a level as "&AC4-".
std::string folder_directory(std::string_view mailbox);
// ".Work.2024" -> "Work/2024". Nothing where it is no folder's name. Names that are not modified
// UTF-7 but UTF-8 are taken as they are, since some programs write them so.
std::optional<std::string> mailbox_of_folder(std::string_view directory);

}  // namespace mailkeep::server
