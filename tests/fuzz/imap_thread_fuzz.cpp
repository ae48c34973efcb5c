// The input is who refers to whom: whatever that is, every message is in the threads once.
#include <array>
#include <vector>

#include "expect.h"
#include "protocol/imap/thread/ordered_subject.h"
#include "protocol/imap/thread/references.h"

using namespace mailkeep;
using namespace mailkeep::imap;

namespace {

constexpr std::array<std::string_view, 4> kSubjects = {"", "a", "b", "c"};

class Mailbox {
 public:
  // Of each message: its id, date, subject and number of references; then these.
  explicit Mailbox(std::string_view input) : rest_(input) {
    references_.reserve(input.size());
    while (!rest_.empty() && messages_.size() < 2'000) add();
  }
  std::span<const ThreadMessage> messages() const { return messages_; }

 private:
  unsigned next() {
    if (rest_.empty()) return 0;
    const auto octet = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return octet;
  }
  void add() {
    ThreadMessage message;
    message.message_id = next() % 32;
    message.sent = next() % 16;
    const unsigned kind = next();
    message.subject = kSubjects[kind % 4];
    message.is_reply = (kind & 4) != 0;
    const std::size_t begin = references_.size();
    for (unsigned count = kind / 8; count > 0 && !rest_.empty(); --count) {
      references_.push_back(1 + next() % 31);
    }
    message.references = std::span(references_).subspan(begin);
    messages_.push_back(message);
  }

  std::string_view rest_;
  std::vector<std::uint64_t> references_;
  std::vector<ThreadMessage> messages_;
};

void expect_each_once(const ThreadForest& forest, std::size_t messages) {
  std::vector<std::uint32_t> todo{forest.first_root};
  std::vector<bool> met(messages);
  std::size_t found = 0;
  std::size_t steps = 0;
  while (!todo.empty()) {
    const std::uint32_t node = todo.back();
    todo.pop_back();
    if (node == ThreadForest::kNone) continue;
    expect(node < forest.nodes.size(), "a node is there");
    expect(++steps <= forest.nodes.size(), "a forest has no cycles");
    const auto& place = forest.nodes[node];
    if (place.message != ThreadForest::kNone) {
      expect(place.message < messages && !met[place.message], "a message is there once");
      met[place.message] = true;
      ++found;
    } else {
      expect(place.first_child != ThreadForest::kNone, "who is not there has children");
    }
    todo.push_back(place.next_sibling);
    todo.push_back(place.first_child);
  }
  expect(found == messages, "every message is in a thread");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const Mailbox mailbox(as_text(data, size));
  const auto messages = mailbox.messages();
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = 1; number <= messages.size(); ++number) numbers.push_back(number);
  for (const auto thread : {thread_by_references, thread_by_refs, thread_by_subject}) {
    const ThreadForest forest = thread(messages);
    expect_each_once(forest, messages.size());
    std::string text;
    Encoder out(text);
    write_threads(out, forest, numbers);
    expect(messages.empty() == text.empty(), "threads are written");
  }
  return 0;
}
