// A message on its way into the store: parsed, hashed and compressed while it arrives, so that what
// is held in memory is bounded however long the message is (about one content frame; the rest waits
// in an unnamed spool file beside the account).
//
// Used by one thread at a time. Dropping it drops the message.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "store/types.h"

namespace mailkeep::store {

inline constexpr std::size_t kContentFrameBytes = 256 * 1024;

class MessageUpload {
 public:
  MessageUpload();
  ~MessageUpload();
  MessageUpload(MessageUpload&&) noexcept;
  MessageUpload& operator=(MessageUpload&&) noexcept;

  // The next octets. Blocks on the disk once a message is longer than a frame; does real work
  // (parsing, compression) always.
  void write(std::string_view bytes);
  std::uint64_t size() const;

  struct State;  // the store's own
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace mailkeep::store
