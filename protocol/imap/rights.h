// What a user may do with a mailbox, as bits (RFC 4314 2.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::imap {

using Rights = std::uint16_t;

namespace right {
inline constexpr Rights lookup = 1;          // l: LIST shows it
inline constexpr Rights read = 2;            // r: SELECT, STATUS
inline constexpr Rights keep_seen = 4;       // s: \Seen
inline constexpr Rights write = 8;           // w: flags other than \Seen and \Deleted
inline constexpr Rights insert = 16;         // i: APPEND and COPY into it
inline constexpr Rights post = 32;           // p: nothing that IMAP does
inline constexpr Rights create = 64;         // k: mailboxes below it
inline constexpr Rights remove = 128;        // x: DELETE, RENAME of it
inline constexpr Rights mark_deleted = 256;  // t: \Deleted
inline constexpr Rights expunge = 512;       // e
inline constexpr Rights administer = 1024;   // a: its access control list
inline constexpr Rights none = 0;
inline constexpr Rights all = 2047;
// One of these lets a user know that the mailbox exists (RFC 4314 4, MYRIGHTS).
inline constexpr Rights any_that_shows = lookup | read | insert | create | remove | administer;
}  // namespace right

// The letters in the order of RFC 4314 2.1, with the virtual rights `c` and `d` of RFC 4314 2.1.1
// where one of their members is there.
std::string letters_of(Rights rights);
// The rights of a list of letters, with `c` and `d` as all of their members. Nothing: a letter that
// is none.
std::optional<Rights> rights_of(std::string_view letters);

// The flags that these rights let a user change, keywords too (RFC 4314 4).
store::FlagBits permitted_bits(Rights rights);
// Those of `flags` that a new message gets from a user with these rights (RFC 4314 4).
store::FlagSet permitted_flags(store::FlagSet flags, Rights rights);

}  // namespace mailkeep::imap
