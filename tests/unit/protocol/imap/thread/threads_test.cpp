// THREAD's algorithms: the examples and rules of RFC 5256 3, and each against a slow one that does
// what the text says word by word.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/imap/thread/ancestry.h"
#include "protocol/imap/thread/ordered_subject.h"
#include "protocol/imap/thread/references.h"

namespace mailkeep::imap {
namespace {

struct Mail {
  std::uint64_t id = 0;
  std::vector<std::uint64_t> references = {};
  std::string subject = {};
  bool is_reply = false;
  std::int64_t sent = 0;
};

std::vector<ThreadMessage> as_messages(const std::vector<Mail>& mails) {
  std::vector<ThreadMessage> messages;
  for (const Mail& mail : mails) {
    messages.push_back({.sent = mail.sent,
                        .subject = mail.subject,
                        .is_reply = mail.is_reply,
                        .message_id = mail.id,
                        .references = mail.references});
  }
  return messages;
}

std::string written(const ThreadForest& forest, std::size_t messages) {
  std::vector<std::uint32_t> numbers(messages);
  std::iota(numbers.begin(), numbers.end(), 1U);
  std::string text;
  Encoder out(text);
  write_threads(out, forest, numbers);
  return text;
}

std::string references(const std::vector<Mail>& mails) {
  const auto messages = as_messages(mails);
  return written(thread_by_references(messages), mails.size());
}

// --- what RFC 5256 says, word by word ---

struct Node {
  int message = -1;  // a dummy
  Node* parent = nullptr;
  std::vector<Node*> children;
};

class Literal {
 public:
  explicit Literal(const std::vector<Mail>& mails) : mails_(mails) {}

  std::string references() {
    link();
    std::vector<Node*> top;
    for (const auto& node : nodes_) {
      if (!node->parent) top.push_back(node.get());
    }
    prune(top, true);
    for (Node* node : top) {
      if (node->message < 0) sort(node->children);
    }
    sort(top);
    gather(top);
    sort_all(top);
    return write(top);
  }

 private:
  Node* make(int message) {
    nodes_.push_back(std::make_unique<Node>());
    nodes_.back()->message = message;
    return nodes_.back().get();
  }
  static bool descends(const Node* node, const Node* from) {
    for (; node; node = node->parent) {
      if (node == from) return true;
    }
    return false;
  }
  static void join(Node* parent, Node* child) {
    if (descends(parent, child)) return;
    child->parent = parent;
    parent->children.push_back(child);
  }
  static void part(Node* child) {
    if (child->parent) std::erase(child->parent->children, child);
    child->parent = nullptr;
  }

  void link() {
    std::map<std::uint64_t, Node*> by_id;
    std::vector<Node*> of_message;
    for (std::size_t i = 0; i < mails_.size(); ++i) {
      Node* node = make(static_cast<int>(i));
      of_message.push_back(node);
      if (mails_[i].id != 0) by_id.try_emplace(mails_[i].id, node);
    }
    for (std::size_t i = 0; i < mails_.size(); ++i) {
      Node* previous = nullptr;
      for (const std::uint64_t id : mails_[i].references) {
        Node*& node = by_id[id];
        if (!node) node = make(-1);
        if (previous && !node->parent) join(previous, node);
        previous = node;
      }
      if (previous && of_message[i]->parent == previous) continue;
      part(of_message[i]);
      if (previous) join(previous, of_message[i]);
    }
  }

  void prune(std::vector<Node*>& siblings, bool top) {
    std::vector<Node*> kept;
    for (Node* node : siblings) {
      prune(node->children, false);
      const bool promotes = !top || node->children.size() < 2;
      if (node->message >= 0 || !promotes) {
        kept.push_back(node);
      } else {
        for (Node* child : node->children) {
          child->parent = node->parent;
          kept.push_back(child);
        }
      }
    }
    siblings = kept;
  }

  const Mail& mail(const Node* node) const {
    const Node* said = node->message >= 0 ? node : node->children.front();
    return mails_[static_cast<std::size_t>(said->message)];
  }
  std::pair<std::int64_t, int> key(const Node* node) const {
    const Node* said = node->message >= 0 ? node : node->children.front();
    return {mail(node).sent, said->message};
  }
  void sort(std::vector<Node*>& siblings) const {
    std::ranges::sort(siblings, {}, [&](const Node* node) { return key(node); });
  }
  void sort_all(std::vector<Node*>& siblings) const {
    for (Node* node : siblings) sort_all(node->children);
    sort(siblings);
  }
  bool is_reply(const Node* node) const { return node->message >= 0 && mail(node).is_reply; }

  void gather(std::vector<Node*>& top) {
    std::map<std::string, Node*> table;
    for (Node* node : top) {
      const std::string& subject = mail(node).subject;
      if (subject.empty()) continue;
      Node*& entry = table[subject];
      if (!entry ||
          (entry->message >= 0 && (node->message < 0 || (is_reply(entry) && !is_reply(node))))) {
        entry = node;
      }
    }
    const std::vector<Node*> before = top;
    for (Node* node : before) {
      const std::string subject = mail(node).subject;
      if (subject.empty()) continue;
      Node*& entry = table[subject];
      if (entry == node) continue;
      std::erase(top, node);
      if (entry->message < 0) {
        if (node->message < 0) {
          for (Node* child : node->children) entry->children.push_back(child);
        } else {
          entry->children.push_back(node);
        }
      } else if (is_reply(node) && !is_reply(entry)) {
        entry->children.push_back(node);
      } else {
        Node* dummy = make(-1);
        std::erase(top, entry);
        dummy->children = {entry, node};
        top.push_back(dummy);
        entry = dummy;
      }
      // A dummy's first child speaks for it.
      if (entry->message < 0) sort(entry->children);
    }
  }

  std::string write(const std::vector<Node*>& siblings) const {
    std::string text;
    for (const Node* node : siblings) text += "(" + write_one(node) + ")";
    return text;
  }
  std::string write_one(const Node* node) const {
    std::string text = node->message >= 0 ? std::to_string(node->message + 1) : "";
    if (node->children.empty()) return text;
    if (!text.empty()) text += ' ';
    return text +
           (node->children.size() == 1 ? write_one(node->children.front()) : write(node->children));
  }

  const std::vector<Mail>& mails_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

// --- the form ---

TEST(WriteThreads, FollowsTheExamplesOfTheRfc) {
  // RFC 5256 4, THREAD: (2)(3 6 (4 23)(44 7 96)) and ((3)(5)).
  ThreadForest forest;
  ThreadForest::Builder builder(forest, 8);
  const std::vector<std::uint32_t> numbers = {2, 3, 6, 4, 23, 44, 7, 96};
  for (std::uint32_t i = 0; i < 8; ++i) forest.nodes[i].message = i;
  builder.add_root(0);
  builder.add_root(1);
  builder.add_child(1, 2);
  builder.add_child(2, 3);
  builder.add_child(2, 5);
  builder.add_child(3, 4);
  builder.add_child(5, 6);
  builder.add_child(6, 7);
  std::string text;
  Encoder out(text);
  write_threads(out, forest, numbers);
  EXPECT_EQ(text, "(2)(3 6 (4 23)(44 7 96))");

  ThreadForest siblings;
  ThreadForest::Builder second(siblings, 3);
  siblings.nodes[0].message = 0;
  siblings.nodes[1].message = 1;
  second.add_root(2);
  second.add_child(2, 0);
  second.add_child(2, 1);
  text.clear();
  write_threads(out, siblings, std::vector<std::uint32_t>{3, 5});
  EXPECT_EQ(text, "((3)(5))");
}

// --- REFERENCES ---

TEST(References, RepliesAreChildren) {
  EXPECT_EQ(references({{.id = 1, .subject = "a", .sent = 1},
                        {.id = 2, .references = {1}, .subject = "a", .is_reply = true, .sent = 2},
                        {.id = 3, .references = {1, 2}, .subject = "b", .sent = 3},
                        {.id = 4, .references = {1}, .subject = "c", .sent = 4}}),
            "(1 (2 3)(4))");
}

TEST(References, MissingParentsHoldTheirChildrenTogether) {
  EXPECT_EQ(references(
                {{.id = 1, .references = {9}, .sent = 1}, {.id = 2, .references = {9}, .sent = 2}}),
            "((1)(2))");
  EXPECT_EQ(references({{.id = 1, .references = {9}, .sent = 1}}), "(1)");
  // A missing one below the top gives its children to its parent.
  EXPECT_EQ(references({{.id = 1, .sent = 1},
                        {.id = 2, .references = {1, 9}, .sent = 2},
                        {.id = 3, .references = {1, 9}, .sent = 3}}),
            "(1 (2)(3))");
}

TEST(References, TheMessagesOwnParentReplacesAGuessedOne) {
  // 3 makes 2 a child of 1, but 2 itself says it has no parent.
  EXPECT_EQ(
      references(
          {{.id = 3, .references = {1, 2}, .sent = 1}, {.id = 1, .sent = 2}, {.id = 2, .sent = 3}}),
      "(2)(3 1)");
}

TEST(References, OfMessagesWithOneIdOnlyTheFirstHasIt) {
  EXPECT_EQ(
      references(
          {{.id = 1, .sent = 1}, {.id = 1, .sent = 2}, {.id = 2, .references = {1}, .sent = 3}}),
      "(1 3)(2)");
}

TEST(References, LoopsAreNotMade) {
  EXPECT_EQ(references(
                {{.id = 1, .references = {2}, .sent = 1}, {.id = 2, .references = {1}, .sent = 2}}),
            "(2 1)");
  EXPECT_EQ(references({{.id = 1, .references = {1}, .sent = 1}}), "(1)");
}

TEST(References, SubjectsJoinThreads) {
  EXPECT_EQ(
      references({{.subject = "a", .sent = 1}, {.subject = "a", .is_reply = true, .sent = 2}}),
      "(1 2)");
  EXPECT_EQ(
      references({{.subject = "a", .is_reply = true, .sent = 1}, {.subject = "a", .sent = 2}}),
      "(2 1)");
  EXPECT_EQ(references({{.subject = "a", .sent = 1}, {.subject = "a", .sent = 2}}), "((1)(2))");
  EXPECT_EQ(references({{.subject = "", .sent = 1}, {.subject = "", .sent = 2}}), "(1)(2)");
}

TEST(References, DoWhatTheTextSaysForAnyInput) {
  std::mt19937 random(5256);
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Mail> mails(1 + below(round % 10 == 0 ? 40 : 8));
    const unsigned ids = 1 + below(static_cast<unsigned>(mails.size()) * 2);
    for (Mail& mail : mails) {
      mail.id = below(ids + 1);
      for (unsigned n = below(4); n > 0; --n) mail.references.push_back(1 + below(ids));
      mail.subject = std::string(below(2), 's') + std::to_string(below(4));
      if (below(3) == 0) mail.subject.clear();
      mail.is_reply = below(2) == 0;
      mail.sent = below(6);
    }
    ASSERT_EQ(references(mails), Literal(mails).references()) << "round " << round;
  }
}

TEST(References, LongChainsAndLoopsCostLittle) {
  constexpr std::uint64_t kDeep = 100'000;
  std::vector<Mail> chain(kDeep);
  for (std::uint64_t i = 0; i < kDeep; ++i) {
    chain[i].id = i + 1;
    chain[i].references = {i == 0 ? kDeep : i};  // the first one closes the loop
    chain[i].sent = static_cast<std::int64_t>(i);
  }
  const std::string text = references(chain);
  EXPECT_TRUE(text.ends_with("1") || text.ends_with(")"));
  EXPECT_EQ(std::ranges::count(text, ' '), static_cast<std::ptrdiff_t>(kDeep - 1));
  std::ranges::reverse(chain);
  EXPECT_EQ(std::ranges::count(references(chain), ' '), static_cast<std::ptrdiff_t>(kDeep - 1));
}

TEST(References, ChainsThatChangeTheirParentsCostLittle) {
  constexpr std::uint64_t kDeep = 50'000;
  std::vector<Mail> mails(kDeep);
  for (std::uint64_t i = 0; i < kDeep; ++i) {
    // A wrong guess about the next message's parent each time.
    mails[i].id = i + 1;
    mails[i].references = {i + 1'000'000, (i + 1) % kDeep + 1, i == 0 ? kDeep : i};
  }
  EXPECT_FALSE(references(mails).empty());
}

// --- REFS ---

TEST(Refs, LeaveSubjectsAloneAndPutTheNewestThreadLast) {
  const std::vector<Mail> mails = {{.id = 1, .subject = "a", .sent = 1},
                                   {.id = 2, .subject = "a", .is_reply = true, .sent = 2},
                                   {.id = 3, .references = {1}, .subject = "a", .sent = 3}};
  EXPECT_EQ(written(thread_by_refs(as_messages(mails)), mails.size()), "(2)(1 3)");
}

// --- ORDEREDSUBJECT ---

TEST(OrderedSubject, TheFirstOfASubjectIsTheParentOfTheOthers) {
  const std::vector<Mail> mails = {{.subject = "b", .sent = 5}, {.subject = "a", .sent = 3},
                                   {.subject = "b", .sent = 1}, {.subject = "a", .sent = 4},
                                   {.subject = "a", .sent = 2}, {.subject = "", .sent = 0}};
  EXPECT_EQ(written(thread_by_subject(as_messages(mails)), mails.size()), "(6)(3 1)(5 (2)(4))");
}

// --- parents ---

TEST(Ancestry, TheTreeDoesWhatWalkingDoes) {
  std::mt19937 random(7);
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (int round = 0; round < 300; ++round) {
    const std::uint32_t nodes = 2 + below(30);
    Ancestry walking(1'000'000);
    Ancestry tree(below(20));
    for (std::uint32_t i = 0; i < nodes; ++i) {
      walking.add();
      tree.add();
    }
    for (int step = 0; step < 200; ++step) {
      const std::uint32_t child = below(nodes);
      const std::uint32_t parent = below(nodes);
      if (walking.parent(child) != Ancestry::kNone) {
        walking.cut(child);
        tree.cut(child);
      } else {
        walking.link(child, parent);
        tree.link(child, parent);
      }
      for (std::uint32_t i = 0; i < nodes; ++i) ASSERT_EQ(walking.parent(i), tree.parent(i));
    }
  }
}

}  // namespace
}  // namespace mailkeep::imap
