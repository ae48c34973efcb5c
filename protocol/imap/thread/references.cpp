#include "protocol/imap/thread/references.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <random>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/imap/thread/ancestry.h"

namespace mailkeep::imap {
namespace {

// Parents walked for each message before the slower, safer way is taken.
constexpr std::uint64_t kWalkBudget = 64;

// Message-IDs to nodes. Open addressing; the places depend on a number nobody outside knows.
class IdTable {
 public:
  explicit IdTable(std::size_t expected) : slots_(std::bit_ceil(2 * expected + 16)) {
    static const std::uint64_t kSeed = (std::uint64_t{std::random_device{}()} << 32) | 1;
    seed_ = kSeed;
  }

  // The node of `id`; ThreadForest::kNone in it where it is new.
  std::uint32_t& at(std::uint64_t id) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    Slot& slot = place(id);
    if (slot.id == 0) {
      slot.id = id;
      ++used_;
    }
    return slot.node;
  }

 private:
  struct Slot {
    std::uint64_t id = 0;
    std::uint32_t node = ThreadForest::kNone;
  };

  Slot& place(std::uint64_t id) {
    std::uint64_t hash = (id ^ seed_) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29;
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].id != 0 && slots_[at].id != id) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.id != 0) place(slot.id) = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::uint64_t seed_;
};

// Nodes below messages.size() are messages; those above are parents that are not there.
class Threader {
 public:
  explicit Threader(std::span<const ThreadMessage> messages)
      : messages_(messages), ancestry_(kWalkBudget * messages.size() + 1'000) {}

  ThreadForest by_references() {
    link_all();
    prune();
    sort_messages();
    merge_subjects();
    return build(sorted_);
  }

  ThreadForest by_refs() {
    link_all();
    prune();
    sort_messages();
    return build_by_newest();
  }

 private:
  bool is_dummy(std::uint32_t node) const { return node >= messages_.size(); }

  // Step 1
  void link_all() {
    const auto count = static_cast<std::uint32_t>(messages_.size());
    IdTable ids(messages_.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      ancestry_.add();
      if (messages_[i].message_id == 0) continue;
      std::uint32_t& node = ids.at(messages_[i].message_id);
      if (node == ThreadForest::kNone)
        node = i;  // of messages with the same id only the first has it
    }
    for (std::uint32_t i = 0; i < count; ++i) link_one(i, ids);
  }

  void link_one(std::uint32_t message, IdTable& ids) {
    std::uint32_t previous = ThreadForest::kNone;
    for (const std::uint64_t id : messages_[message].references) {
      std::uint32_t& node = ids.at(id);
      if (node == ThreadForest::kNone) node = ancestry_.add();
      // 1 (A): what has a parent keeps it.
      if (previous != ThreadForest::kNone && ancestry_.parent(node) == ThreadForest::kNone)
        ancestry_.link(node, previous);
      previous = node;
    }
    // 1 (B): the message's own word about its parent counts.
    if (previous != ThreadForest::kNone && ancestry_.parent(message) == previous) return;
    ancestry_.cut(message);
    if (previous != ThreadForest::kNone) ancestry_.link(message, previous);
  }

  // Steps 2 and 3: parents_ of messages are messages, or dummies at the top with two children or
  // more.
  void prune() {
    const std::uint32_t nodes = ancestry_.size();
    parents_.assign(nodes, ThreadForest::kNone);
    std::vector<bool> known(nodes, false);
    std::vector<std::uint32_t> way;
    for (std::uint32_t node = 0; node < nodes; ++node) {
      // Up to what is known, then down again.
      for (std::uint32_t at = node; at != ThreadForest::kNone && !known[at];
           at = ancestry_.parent(at)) {
        way.push_back(at);
      }
      for (; !way.empty(); way.pop_back()) {
        const std::uint32_t at = way.back();
        const std::uint32_t above = ancestry_.parent(at);
        // A dummy that is not at the top gives its children to its own parent.
        const bool spliced = above != ThreadForest::kNone && is_dummy(above) &&
                             parents_[above] != ThreadForest::kNone;
        parents_[at] = spliced ? parents_[above] : above;
        known[at] = true;
      }
    }
    std::vector<std::uint32_t> children(nodes, 0);
    for (std::uint32_t i = 0; i < messages_.size(); ++i) {
      if (parents_[i] != ThreadForest::kNone) ++children[parents_[i]];
    }
    for (std::uint32_t i = 0; i < messages_.size(); ++i) {
      const std::uint32_t parent = parents_[i];
      if (parent != ThreadForest::kNone && is_dummy(parent) && children[parent] == 1)
        parents_[i] = ThreadForest::kNone;
    }
  }

  // What steps 4 and 6 order siblings by, for all of them at once.
  void sort_messages() {
    sorted_.resize(messages_.size());
    std::iota(sorted_.begin(), sorted_.end(), 0U);
    std::ranges::stable_sort(sorted_, {}, [&](std::uint32_t i) { return messages_[i].sent; });
  }

  // Step 5
  struct Root {
    std::uint32_t node;
    std::string_view subject;
    bool is_reply;
  };

  // The top in the order of step 4; a dummy has the date and subject of its first child.
  std::vector<Root> roots() const {
    std::vector<Root> found;
    std::vector<bool> seen(parents_.size(), false);
    for (const std::uint32_t i : sorted_) {
      const std::uint32_t parent = parents_[i];
      if (parent == ThreadForest::kNone) {
        found.push_back({i, messages_[i].subject, messages_[i].is_reply});
      } else if (is_dummy(parent) && !seen[parent]) {
        seen[parent] = true;
        found.push_back({parent, messages_[i].subject, false});
      }
    }
    return found;
  }

  void merge_subjects() {
    const std::vector<Root> tops = roots();
    std::unordered_map<std::string_view, Root> table;
    table.reserve(tops.size());
    for (const Root& root : tops) {
      if (root.subject.empty()) continue;
      const auto [entry, added] = table.try_emplace(root.subject, root);
      Root& kept = entry->second;
      if (added || is_dummy(kept.node)) continue;
      if (is_dummy(root.node) || (kept.is_reply && !root.is_reply)) kept = root;
    }
    std::vector<std::uint32_t> moved(parents_.size(),
                                     ThreadForest::kNone);  // dummies to what took their children
    for (const Root& root : tops) {
      if (root.subject.empty()) continue;
      Root& kept = table.find(root.subject)->second;
      if (kept.node != root.node) merge(root, kept, moved);
    }
    for (std::uint32_t i = 0; i < messages_.size(); ++i) {
      const std::uint32_t parent = parents_[i];
      if (parent != ThreadForest::kNone && parent < moved.size() &&
          moved[parent] != ThreadForest::kNone) {
        parents_[i] = moved[parent];
      }
    }
  }

  // Step 5 (C): `current` joins the thread of `kept`.
  void merge(const Root& current, Root& kept, std::vector<std::uint32_t>& moved) {
    if (is_dummy(kept.node)) {
      if (is_dummy(current.node)) {
        moved[current.node] = kept.node;
      } else {
        parents_[current.node] = kept.node;
      }
    } else if (current.is_reply && !kept.is_reply) {
      parents_[current.node] = kept.node;
    } else {
      const auto dummy = static_cast<std::uint32_t>(parents_.size());
      parents_.push_back(ThreadForest::kNone);
      parents_[current.node] = dummy;
      parents_[kept.node] = dummy;
      kept.node = dummy;
    }
  }

  // Siblings come in the order in which they are met, dummies with their first child.
  ThreadForest build(std::span<const std::uint32_t> order) const {
    ThreadForest forest;
    ThreadForest::Builder builder(forest, parents_.size());
    std::vector<bool> placed(parents_.size(), false);
    for (const std::uint32_t i : order) {
      forest.nodes[i].message = i;
      const std::uint32_t parent = parents_[i];
      if (parent == ThreadForest::kNone) {
        builder.add_root(i);
        continue;
      }
      if (is_dummy(parent) && !placed[parent]) {
        placed[parent] = true;
        builder.add_root(parent);
      }
      builder.add_child(parent, i);
    }
    return forest;
  }

  // The top in the order of the newest message in each thread.
  ThreadForest build_by_newest() const {
    const std::vector<std::uint32_t> tops = tops_of_nodes();
    std::vector<std::int64_t> newest(parents_.size(), std::numeric_limits<std::int64_t>::min());
    for (std::uint32_t i = 0; i < messages_.size(); ++i) {
      newest[tops[i]] = std::max(newest[tops[i]], messages_[i].sent);
    }
    std::vector<std::uint32_t> order = sorted_;
    std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return newest[tops[i]]; });
    return build(order);
  }

  // For each node the one at the top of its thread.
  std::vector<std::uint32_t> tops_of_nodes() const {
    std::vector<std::uint32_t> tops(parents_.size(), ThreadForest::kNone);
    std::vector<std::uint32_t> way;
    for (std::uint32_t node = 0; node < parents_.size(); ++node) {
      std::uint32_t at = node;
      for (; tops[at] == ThreadForest::kNone && parents_[at] != ThreadForest::kNone;
           at = parents_[at])
        way.push_back(at);
      if (tops[at] == ThreadForest::kNone) tops[at] = at;
      for (; !way.empty(); way.pop_back()) tops[way.back()] = tops[at];
    }
    return tops;
  }

  std::span<const ThreadMessage> messages_;
  Ancestry ancestry_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::uint32_t> sorted_;
};

}  // namespace

ThreadForest thread_by_references(std::span<const ThreadMessage> messages) {
  return Threader(messages).by_references();
}

ThreadForest thread_by_refs(std::span<const ThreadMessage> messages) {
  return Threader(messages).by_refs();
}

}  // namespace mailkeep::imap
