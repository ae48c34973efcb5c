#include "protocol/imap/thread/thread_forest.h"

namespace mailkeep::imap {
namespace {

constexpr std::uint32_t kNone = ThreadForest::kNone;

class Writer {
 public:
  Writer(Encoder& out, const ThreadForest& forest, std::span<const std::uint32_t> numbers)
      : out_(out), forest_(forest), numbers_(numbers) {}

  void write() {
    if (forest_.first_root != kNone) waiting_.push_back(forest_.first_root);
    while (!waiting_.empty()) {
      const std::uint32_t next = waiting_.back();
      waiting_.pop_back();
      if (next == kNone) {
        out_.raw(")");
        continue;
      }
      const std::uint32_t sibling = forest_.nodes[next].next_sibling;
      if (sibling != kNone) waiting_.push_back(sibling);
      write_list(next);
    }
  }

 private:
  // thread-list = "(" (thread-members / thread-nested) ")", but for what is nested in it.
  void write_list(std::uint32_t node) {
    out_.raw("(");
    for (;;) {
      const ThreadForest::Node& here = forest_.nodes[node];
      if (here.message != kNone) out_.number(numbers_[here.message]);
      if (here.first_child == kNone) {
        out_.raw(")");
        return;
      }
      if (here.message != kNone) out_.sp();
      if (forest_.nodes[here.first_child].next_sibling != kNone) {
        waiting_.push_back(kNone);  // closes the list behind its children
        waiting_.push_back(here.first_child);
        return;
      }
      node = here.first_child;
    }
  }

  Encoder& out_;
  const ThreadForest& forest_;
  std::span<const std::uint32_t> numbers_;
  std::vector<std::uint32_t> waiting_;  // nodes with their siblings, and closing parentheses
};

}  // namespace

void write_threads(Encoder& out, const ThreadForest& forest,
                   std::span<const std::uint32_t> numbers) {
  Writer(out, forest, numbers).write();
}

}  // namespace mailkeep::imap
