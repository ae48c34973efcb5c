#include "store/content_frame.h"

#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include <zstd.h>

#include "store/sqlite/error.h"

namespace mailkeep::store {

namespace {

// Level -1 reads 1.6 times as fast as level 1 and writes 1.7 times as fast; mail takes a fifth more
// room. Every message is read more often than the disk is full.
constexpr int kCompressionLevel = -1;
constexpr std::size_t kMinFrameBytes = 256;  // below it a frame stays as it is
// A frame is kept compressed where that saves so much: text saves 60 %, base64 25 %, and is twice
// as fast to read when it is left alone.
constexpr std::size_t kWorthPercent = 30;
constexpr std::size_t kSampleBytes = 2048;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using Compressor = std::unique_ptr<ZSTD_CCtx, FreeCompressor>;
using Decompressor = std::unique_ptr<ZSTD_DCtx, FreeDecompressor>;

// Contexts nobody uses now; as many come to be as are used at once.
template <class Context>
class ContextPool {
 public:
  template <class Make>
  Context take(Make make) {
    {
      std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        Context context = std::move(free_.back());
        free_.pop_back();
        return context;
      }
    }
    Context context(make());
    if (context == nullptr) throw std::bad_alloc();
    return context;
  }
  void give_back(Context context) {
    std::lock_guard lock(mutex_);
    free_.push_back(std::move(context));
  }
  void trim() {
    std::vector<Context> unused;
    std::lock_guard lock(mutex_);
    unused.swap(free_);
  }

 private:
  std::mutex mutex_;
  std::vector<Context> free_;
};

ContextPool<Compressor>& compressors() {
  static ContextPool<Compressor> pool;
  return pool;
}

ContextPool<Decompressor>& decompressors() {
  static ContextPool<Decompressor> pool;
  return pool;
}

[[noreturn]] void raise_damaged() {
  throw sqlite::Error(sqlite::ErrorKind::damaged, "A content frame is damaged.");
}

// Appends the compressed octets. False where that is not worth it; `out` has anything behind its
// end then.
bool compress(ZSTD_CCtx& context, std::string_view octets, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + ZSTD_compressBound(octets.size()));
  const std::size_t size = ZSTD_compressCCtx(&context, out.data() + before, out.size() - before,
                                             octets.data(), octets.size(), kCompressionLevel);
  if (ZSTD_isError(size) != 0 || size > octets.size() / 100 * (100 - kWorthPercent)) return false;
  out.resize(before + size);
  return true;
}

// Whether either of two samples of a long frame compresses well: most frames are all text or all
// base64, and trying these costs much less than compressing all.
bool looks_worth_it(ZSTD_CCtx& context, std::string_view octets, std::string& out) {
  if (octets.size() < 4 * kSampleBytes) return true;
  const std::size_t before = out.size();
  bool worth_it = false;
  for (std::size_t quarter : {1U, 3U}) {
    const std::string_view sample =
        octets.substr(octets.size() / 4 * quarter - kSampleBytes / 2, kSampleBytes);
    worth_it = worth_it || compress(context, sample, out);
    out.resize(before);
  }
  return worth_it;
}

}  // namespace

FrameCodec encode_frame(std::string_view octets, std::string& out) {
  const std::size_t before = out.size();
  if (octets.size() >= kMinFrameBytes) {
    Compressor context = compressors().take(ZSTD_createCCtx);
    const bool kept = looks_worth_it(*context, octets, out) && compress(*context, octets, out);
    compressors().give_back(std::move(context));
    if (kept) return FrameCodec::zstd;
    out.resize(before);
  }
  out.append(octets);
  return FrameCodec::raw;
}

void decode_frame(FrameCodec codec, std::string_view kept, std::size_t size, std::string& out) {
  if (codec == FrameCodec::raw) {
    if (kept.size() != size) raise_damaged();
    out.append(kept);
    return;
  }
  const std::size_t before = out.size();
  Decompressor context = decompressors().take(ZSTD_createDCtx);
  std::size_t decoded = 0;
  out.resize_and_overwrite(before + size, [&](char* bytes, std::size_t) {
    decoded = ZSTD_decompressDCtx(context.get(), bytes + before, size, kept.data(), kept.size());
    return decoded == size ? before + size : before;
  });
  decompressors().give_back(std::move(context));
  if (decoded != size) raise_damaged();
}

void trim_frame_contexts() {
  compressors().trim();
  decompressors().trim();
}

}  // namespace mailkeep::store
