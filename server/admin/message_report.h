// What a message is made of and what is wrong with it, for people and for machines.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.h"

namespace mailkeep::server {

// The IMAP numbers of all parts, as mime::part_number gives them one by one. The root of a
// multipart message has none, nor has the multipart that is all of a message inside another.
std::vector<std::string> part_numbers(const mime::Structure& structure);

// Text of a message as a terminal may show it: UTF-8, controls as '?'.
std::string printable(std::string_view text);

// The tree of parts with types and sizes, and all defects with their places. `title` is the first
// line.
void write_message_report(std::ostream& out, std::string_view title,
                          const mime::Structure& structure);

// One JSON object: "name", "size", "parts" (each with "number", "parent", "type", "header" and
// "body" as octet ranges, "lines", "encoding", "file") and "defects" (each with "kind", "part",
// "number", "offset", "text").
std::string message_report_json(std::string_view name, const mime::Structure& structure);

// One JSON object for a list of messages: "mailbox", "uid", "size" and "defects".
std::string message_defects_json(std::string_view mailbox, std::uint32_t uid,
                                 const mime::Structure& structure);

}  // namespace mailkeep::server
