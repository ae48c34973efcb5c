#include "protocol/imap/thread/ordered_subject.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mailkeep::imap {

ThreadForest thread_by_subject(std::span<const ThreadMessage> messages) {
  std::vector<std::uint32_t> order(messages.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return messages[i].sent; });
  ThreadForest forest;
  ThreadForest::Builder builder(forest, messages.size());
  std::unordered_map<std::string_view, std::uint32_t> first;  // of each subject
  first.reserve(messages.size());
  for (const std::uint32_t i : order) {
    forest.nodes[i].message = i;
    const auto [entry, added] = first.try_emplace(messages[i].subject, i);
    if (added) {
      builder.add_root(i);
    } else {
      builder.add_child(entry->second, i);
    }
  }
  return forest;
}

}  // namespace mailkeep::imap
