// Messages to be threaded and the threads they form (RFC 5256 3 and 4, THREAD).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/imap/wire/encoder.h"

namespace mailkeep::imap {

// Messages are given in mailbox order: their places break ties.
struct ThreadMessage {
  std::int64_t sent = 0;         // RFC 5256 2.2
  std::string_view subject;      // base subject, in the form that is compared; may be empty
  bool is_reply = false;         // or a forward
  std::uint64_t message_id = 0;  // 0: none
  std::span<const std::uint64_t> references;  // oldest first; none is 0
};

class ThreadForest {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  struct Node {
    std::uint32_t message = kNone;  // its place; kNone: a parent that is not there
    std::uint32_t first_child = kNone;
    std::uint32_t next_sibling = kNone;
  };

  std::vector<Node> nodes;
  std::uint32_t first_root = kNone;

  class Builder;
};

// Puts nodes behind one another below their parents, in the order of the calls.
class ThreadForest::Builder {
 public:
  Builder(ThreadForest& forest, std::size_t nodes) : forest_(forest), last_child_(nodes, kNone) {
    forest_.nodes.resize(nodes);
  }
  void add_root(std::uint32_t node) { add(node, forest_.first_root, last_root_); }
  void add_child(std::uint32_t parent, std::uint32_t node) {
    add(node, forest_.nodes[parent].first_child, last_child_[parent]);
  }

 private:
  void add(std::uint32_t node, std::uint32_t& first, std::uint32_t& last) {
    (first == kNone ? first : forest_.nodes[last].next_sibling) = node;
    last = node;
  }

  ThreadForest& forest_;
  std::vector<std::uint32_t> last_child_;
  std::uint32_t last_root_ = kNone;
};

// *thread-list (RFC 5256 5); `numbers` are those to show, by the messages' places.
void write_threads(Encoder& out, const ThreadForest& forest,
                   std::span<const std::uint32_t> numbers);

}  // namespace mailkeep::imap
