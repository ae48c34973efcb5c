// How single values are written in the configuration. An error is the rest of a sentence that
// begins with the value: "is not a duration (30m, 90s, 2h)".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::server {

template <class T>
using Value = std::expected<T, std::string>;

// Digits only, from `least` to `most`.
Value<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most);

// "64M", "512K", "1G" (of 1024), or octets: "1000000".
Value<std::uint64_t> parse_size(std::string_view text);

// "500ms", "90s", "30m", "2h", "1d"; a number alone is seconds. At most ten years.
Value<std::chrono::milliseconds> parse_duration(std::string_view text);

// A host name (RFC 1123 2.1).
Value<std::string> parse_hostname(std::string_view text);

// The word that `text` is likely meant to be, empty where none is near.
std::string_view nearest(std::string_view text, const std::vector<std::string_view>& words);

}  // namespace mailkeep::server
