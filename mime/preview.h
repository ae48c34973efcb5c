// The preview of a message (RFC 8970 3.3): the beginning of its readable text as plain UTF-8.
//
// It is taken from the first part that is text to be read, not an attachment, and has any words;
// plain text comes before HTML where the message has both as alternatives in the usual order. HTML
// loses its markup. Quoted lines and what follows a signature line are left out where anything
// else is there. White space, line ends too, is one space; controls and invisible characters go.
//
// Nothing throws for its input; work and memory are bounded by kPreviewOctets and kPreviewParts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mime/structure.h"

namespace mailkeep::mime {

// Raised whenever preview() tells something else of some message: kept ones are made again.
inline constexpr std::int64_t kPreviewVersion = 1;

inline constexpr std::size_t kPreviewCharacters = 200;       // RFC 8970 3.3 asks for this limit
inline constexpr std::uint64_t kPreviewOctets = 256 * 1024;  // of a part that are read
inline constexpr std::size_t kPreviewParts = 8;              // that are looked into

// Appends octets [offset, offset + length) of the message, as far as they exist, to `out`. What it
// throws goes through.
using OctetReader =
    std::function<void(std::uint64_t offset, std::uint64_t length, std::string& out)>;

// At most kPreviewCharacters characters of valid UTF-8 without CR, LF and NUL; empty where the
// message has no readable text.
std::string preview(const Structure& structure, const OctetReader& read);

// The same of a message at hand.
std::string preview(const Structure& structure, std::string_view message);

}  // namespace mailkeep::mime
