// Content frames: up to 256 KiB of a message each, compressed by zstd where that is worth it.
//
// Threads: all functions may be called from any thread; the contexts of zstd, which are large, are
// shared between threads and kept for the next use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::store {

enum class FrameCodec : std::uint8_t { raw = 0, zstd = 1 };

// Appends the kept form of `octets` to `out` and says which form it is.
FrameCodec encode_frame(std::string_view octets, std::string& out);

// Appends the `size` octets of a kept frame to `out`. Throws sqlite::Error of kind damaged where
// the frame does not hold exactly so many.
void decode_frame(FrameCodec codec, std::string_view kept, std::size_t size, std::string& out);

// Gives the memory of contexts back that nobody uses now.
void trim_frame_contexts();

}  // namespace mailkeep::store
