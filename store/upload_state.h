// What MessageUpload gathers: see message_upload.h. The message is kept as its first octets (its
// header, mostly) and frames of the rest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/content_frame.h"
#include "store/message_hash.h"
#include "store/message_keys.h"
#include "store/message_upload.h"
#include "store/spool_file.h"
#include "store/structure_maker.h"

namespace mailkeep::store {

// What is kept apart from the frames at most; a longer header goes on in the frames.
inline constexpr std::size_t kMaxHeadBytes = 1 << 20;
// A last frame of so much goes to the disk when its message is set aside.
inline constexpr std::size_t kSetAsideBytes = 64 * 1024;

// A message ready to be written.
struct FinishedMessage {
  struct Frame {
    FrameCodec codec;
    std::uint64_t offset;  // in the spool
    std::size_t length;
  };
  std::uint64_t size = 0;
  std::string head;
  StructureRecord structure;
  MessageKeys keys;
  std::string hash;
  std::vector<Frame> spooled;        // all frames but the last
  std::string last_frame;            // kept form
  FrameCodec last_codec{};           // meaningless where `last_frame` is empty
  std::uint64_t kept_bytes() const;  // about what goes to the database
};

struct MessageUpload::State {
  State(std::filesystem::path directory, std::uint64_t size_limit, const Parsing& parsing)
      : spool_directory(std::move(directory)),
        limit(size_limit),
        parsing_(parsing),
        structure_(parsing) {}

  void write(std::string_view bytes);
  // After the last write. Only where size <= limit.
  void finish();
  void set_aside();

  std::filesystem::path spool_directory;
  std::uint64_t limit;
  std::uint64_t size = 0;
  FinishedMessage message;
  std::unique_ptr<SpoolFile> spool;

 private:
  void take_head();
  void fill_frames(std::string_view bytes);
  void spool_frame(std::string_view octets);

  const Parsing parsing_;
  StructureMaker structure_;
  MessageHash hash_;
  bool head_done_ = false;
  bool finished_ = false;
  std::size_t searched_ = 0;  // of pending_, for the blank line
  std::string pending_;       // octets that are in no frame yet
  std::string encoded_;
};

}  // namespace mailkeep::store
