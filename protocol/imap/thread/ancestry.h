// Parents of messages, never in a loop (RFC 5256 3, REFERENCES step 1). Looking for loops walks up
// the parents, which is fast while threads are shallow; what was walked is counted, and beyond a
// budget a link/cut tree (Sleator and Tarjan) takes over, so that no chain of references costs
// more than O(log n) a link.
#pragma once

#include <cstdint>
#include <vector>

namespace mailkeep::imap {

class Ancestry {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // `budget`: parents that may be walked over before the tree is made.
  explicit Ancestry(std::uint64_t budget) : budget_(budget) {}

  // A node without a parent; nodes are numbered from 0.
  std::uint32_t add();
  std::uint32_t size() const { return static_cast<std::uint32_t>(parents_.size()); }
  std::uint32_t parent(std::uint32_t node) const { return parents_[node]; }

  // `child` has no parent. Does nothing where it is `parent` or one of its ancestors.
  void link(std::uint32_t child, std::uint32_t parent);
  // Takes a parent away, if there is one.
  void cut(std::uint32_t child);

 private:
  // A node of the splay trees, each of which is a path from an ancestor down to a descendant.
  struct Splay {
    std::uint32_t left = kNone;   // towards the ancestors
    std::uint32_t right = kNone;  // towards the descendants
    std::uint32_t up = kNone;     // in its splay tree, or the path's parent
  };

  bool is_descendant(std::uint32_t node, std::uint32_t of_root);
  void make_tree();
  bool is_path_root(std::uint32_t node) const;
  void rotate(std::uint32_t node);
  void splay(std::uint32_t node);
  void access(std::uint32_t node);
  std::uint32_t find_root(std::uint32_t node);

  std::uint64_t budget_;
  std::vector<std::uint32_t> parents_;
  std::vector<Splay> tree_;  // empty while the budget lasts
};

}  // namespace mailkeep::imap
