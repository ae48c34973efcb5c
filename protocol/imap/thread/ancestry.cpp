#include "protocol/imap/thread/ancestry.h"

namespace mailkeep::imap {

std::uint32_t Ancestry::add() {
  parents_.push_back(kNone);
  if (!tree_.empty()) tree_.emplace_back();
  return size() - 1;
}

void Ancestry::link(std::uint32_t child, std::uint32_t parent) {
  if (is_descendant(parent, child)) return;
  parents_[child] = parent;
  if (tree_.empty()) return;
  access(child);
  tree_[child].up = parent;
}

void Ancestry::cut(std::uint32_t child) {
  if (parents_[child] == kNone) return;
  parents_[child] = kNone;
  if (tree_.empty()) return;
  access(child);
  const std::uint32_t above = tree_[child].left;
  if (above == kNone) return;
  tree_[above].up = kNone;
  tree_[child].left = kNone;
}

bool Ancestry::is_descendant(std::uint32_t node, std::uint32_t of_root) {
  if (tree_.empty()) {
    for (std::uint32_t at = node; budget_ > 0; --budget_) {
      if (at == of_root) return true;
      if (parents_[at] == kNone) return false;
      at = parents_[at];
    }
    make_tree();
  }
  return find_root(node) == of_root;
}

// Every node is a path of its own.
void Ancestry::make_tree() {
  tree_.resize(parents_.size());
  for (std::size_t node = 0; node < parents_.size(); ++node) tree_[node].up = parents_[node];
}

bool Ancestry::is_path_root(std::uint32_t node) const {
  const std::uint32_t up = tree_[node].up;
  return up == kNone || (tree_[up].left != node && tree_[up].right != node);
}

void Ancestry::rotate(std::uint32_t node) {
  const std::uint32_t parent = tree_[node].up;
  const std::uint32_t grandparent = tree_[parent].up;
  const bool parent_was_root = is_path_root(parent);
  const bool is_left = tree_[parent].left == node;
  std::uint32_t& inner = is_left ? tree_[node].right : tree_[node].left;
  (is_left ? tree_[parent].left : tree_[parent].right) = inner;
  if (inner != kNone) tree_[inner].up = parent;
  inner = parent;
  tree_[parent].up = node;
  tree_[node].up = grandparent;
  if (parent_was_root) return;
  Splay& above = tree_[grandparent];
  (above.left == parent ? above.left : above.right) = node;
}

void Ancestry::splay(std::uint32_t node) {
  while (!is_path_root(node)) {
    const std::uint32_t parent = tree_[node].up;
    if (!is_path_root(parent)) {
      const std::uint32_t grandparent = tree_[parent].up;
      const bool same_side = (tree_[parent].left == node) == (tree_[grandparent].left == parent);
      rotate(same_side ? parent : node);
    }
    rotate(node);
  }
}

// Makes one path from the root of the tree down to `node`, with it at the top of the splay tree.
void Ancestry::access(std::uint32_t node) {
  std::uint32_t below = kNone;
  for (std::uint32_t at = node; at != kNone; at = tree_[at].up) {
    splay(at);
    tree_[at].right = below;
    below = at;
  }
  splay(node);
}

std::uint32_t Ancestry::find_root(std::uint32_t node) {
  access(node);
  while (tree_[node].left != kNone) node = tree_[node].left;
  splay(node);
  return node;
}

}  // namespace mailkeep::imap
