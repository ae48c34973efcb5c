// Mailbox names: UTF-8 inside, modified UTF-7 on the wire of IMAP4rev1 (RFC 3501 5.1.3), and the
// patterns of LIST and LSUB (RFC 3501 6.3.8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::imap {

// Nothing where `name` is not valid modified UTF-7 (8-bit octets, bad shifts, superfluous
// encoding).
std::optional<std::string> decode_mailbox_name(std::string_view name);
std::string encode_mailbox_name(std::string_view utf8);

bool is_utf8(std::string_view text);

// "inbox" in any case becomes "INBOX", also as the first level ("inbox/x" -> "INBOX/x").
std::string normalize_inbox(std::string_view name);

// Whether `name` matches a LIST pattern: '*' is anything, '%' anything but '/'. At most O(pattern *
// name), whatever the pattern. INBOX matches without regard to case.
bool matches_pattern(std::string_view pattern, std::string_view name);
// How long the prefixes of `name` that match are, ascending.
std::vector<std::size_t> matching_prefixes(std::string_view pattern, std::string_view name);

}  // namespace mailkeep::imap
