// Made-up mail for the load generator: the same messages from the same seed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mailkeep::load {

// `count` messages with CRLF line ends: plain text, alternatives with HTML, and attachments in
// base64. Sizes are log-normal, median 10 KB, between 2 and 300 KB.
std::vector<std::string> make_messages(std::size_t count, unsigned seed = 1);

}  // namespace mailkeep::load
