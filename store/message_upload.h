// A message on its way into the store: parsed, hashed and compressed while it arrives, so that what
// is held in memory is bounded however long the message is (about one content frame, and its header
// up to 1 MiB; the rest waits in an unnamed spool file of the data directory).
//
// Made by Account::begin_upload; may be appended to any account of the same store. Used by one
// thread at a time. Dropping it drops the message. An upload that was moved from is empty and may
// only be assigned to or destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "store/types.h"

namespace mailkeep::store {

inline constexpr std::size_t kContentFrameBytes = 256 * 1024;

class MessageUpload {
 public:
  struct State;  // the store's own
  explicit MessageUpload(std::unique_ptr<State> state);
  ~MessageUpload();
  MessageUpload(MessageUpload&&) noexcept;
  MessageUpload& operator=(MessageUpload&&) noexcept;

  // The next octets. Blocks on the disk once a message is longer than a frame; does real work
  // (parsing, compression) always. Octets past StoreOptions::max_message_bytes are only counted:
  // append refuses such a message (StoreError::message_too_big).
  void write(std::string_view bytes);
  // No more octets come, and other messages before this one is appended: what is much of it waits
  // on disk, like that of a long message. Blocks on the disk, does real work.
  void set_aside();
  // What it holds in memory after set_aside().
  std::size_t held_bytes() const;
  // Octets written so far.
  std::uint64_t size() const;

  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace mailkeep::store
