#include "protocol/imap/commands/listing.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "protocol/imap/commands/metadata.h"
#include "protocol/imap/wire/mailbox_name.h"
#include "store/mailbox_name.h"

namespace mailkeep::imap {
namespace {

// RFC 6154 2
std::string_view special_use_attribute(store::SpecialUse use) {
  using enum store::SpecialUse;
  switch (use) {
    case archive:
      return "\\Archive";
    case drafts:
      return "\\Drafts";
    case flagged:
      return "\\Flagged";
    case junk:
      return "\\Junk";
    case sent:
      return "\\Sent";
    case trash:
      return "\\Trash";
    case important:
      return "\\Important";  // RFC 8457 3
    case none:
      break;
  }
  return "";
}

// mbx-list-flags without their parentheses (RFC 9051 9).
class AttributeList {
 public:
  explicit AttributeList(Encoder& out) : out_(out) {}

  void add(std::string_view attribute) {
    if (!first_) out_.sp();
    first_ = false;
    out_.raw(attribute);
  }
  void add_children(bool has_children) { add(has_children ? "\\HasChildren" : "\\HasNoChildren"); }
  void add_use(store::SpecialUse use) {
    if (use != store::SpecialUse::none) add(special_use_attribute(use));
  }

 private:
  Encoder& out_;
  bool first_ = true;
};

struct ListedBefore {
  bool operator()(const std::string& left, const std::string& right) const {
    return store::listed_before(left, right);
  }
};

}  // namespace

// Gathers what exists and what is subscribed, and chooses from it.
class Listing::Builder {
 public:
  Builder(const ListQuery& query, bool utf8) : query_(query), utf8_(utf8) {}

  store::StoreResult<void> gather(const MailboxAccess& mailboxes) {
    auto all = mailboxes.all();
    if (!all) return std::unexpected(all.error());
    for (ReachedMailbox& mailbox : *all) {
      std::string name = mailbox.name;
      candidates_[std::move(name)].mailbox = std::move(mailbox);
    }
    if (!query_.selection.subscribed && !query_.wanted.subscribed) return {};
    auto subscriptions = mailboxes.own().subscriptions();
    if (!subscriptions) return std::unexpected(subscriptions.error());
    for (std::string& name : *subscriptions) {
      if (!query_.selection.subscribed && !candidates_.contains(name)) continue;
      candidates_[std::move(name)].subscribed = true;
    }
    return {};
  }

  std::vector<Name> choose() {
    add_parents();
    mark_children();
    if (query_.selection.recursive_match) mark_child_info();
    std::vector<Name> chosen;
    for (auto& [name, candidate] : candidates_) {
      if (!is_told(candidate)) continue;
      chosen.push_back({std::move(candidate.wire_name), candidate.selected, candidate.subscribed,
                        candidate.selected ? candidate.selected_below : candidate.hidden_below,
                        candidate.has_children, std::move(candidate.mailbox)});
    }
    return chosen;
  }

 private:
  struct Candidate {
    std::optional<ReachedMailbox> mailbox;
    bool subscribed = false;
    std::string wire_name;
    bool matches = false;         // a pattern
    bool selected = false;        // by the criteria
    bool selected_below = false;  // something below it is
    bool hidden_below = false;    // something is that no pattern shows
    bool has_children = false;
  };

  bool meets_criteria(const Candidate& candidate) const {
    if (query_.selection.subscribed && !candidate.subscribed) return false;
    if (!query_.selection.subscribed && !candidate.mailbox) return false;
    return !query_.selection.special_use ||
           (candidate.mailbox && candidate.mailbox->info.special_use != store::SpecialUse::none);
  }

  bool matches(const std::string& wire_name) const {
    return std::ranges::any_of(query_.patterns, [&](const std::string& pattern) {
      return !pattern.empty() && matches_pattern(pattern, wire_name);
    });
  }

  // A level that no mailbox has is told only where a pattern ends in '%' (RFC 3501 6.3.8).
  bool matches_as_level(const std::string& wire_name) const {
    return std::ranges::any_of(query_.patterns, [&](const std::string& pattern) {
      return pattern.ends_with('%') && matches_pattern(pattern, wire_name);
    });
  }

  void add_parents() {
    std::set<std::string> parents;
    for (const auto& [name, candidate] : candidates_) {
      for (std::string& parent : store::parents_of(name)) parents.insert(std::move(parent));
    }
    for (const std::string& parent : parents) candidates_.try_emplace(parent);
    for (auto& [name, candidate] : candidates_) {
      candidate.wire_name = utf8_ ? name : encode_mailbox_name(name);
      candidate.matches = matches(candidate.wire_name);
      candidate.selected = meets_criteria(candidate);
    }
  }

  void mark_children() {
    for (const auto& [name, candidate] : candidates_) {
      if (!candidate.mailbox) continue;
      for (const std::string& parent : store::parents_of(name)) {
        candidates_[parent].has_children = true;
      }
    }
  }

  void mark_child_info() {
    for (const auto& [name, candidate] : candidates_) {
      if (!candidate.selected) continue;
      for (const std::string& parent : store::parents_of(name)) {
        Candidate& above = candidates_[parent];
        above.selected_below = true;
        if (!candidate.matches) above.hidden_below = true;
      }
    }
  }

  bool is_told(const Candidate& candidate) const {
    if (!candidate.matches) return false;
    if (candidate.selected || candidate.hidden_below) return true;
    const bool plain = !query_.selection.subscribed && !query_.selection.special_use;
    return plain && !candidate.mailbox && candidate.has_children &&
           matches_as_level(candidate.wire_name);
  }

  const ListQuery& query_;
  bool utf8_;
  std::map<std::string, Candidate, ListedBefore> candidates_;
};

store::StoreResult<Listing> Listing::read(const MailboxAccess& mailboxes, const ListQuery& query,
                                          bool utf8, std::uint64_t append_limit) {
  Builder builder(query, utf8);
  if (auto gathered = builder.gather(mailboxes); !gathered) {
    return std::unexpected(gathered.error());
  }
  return Listing(query, utf8, append_limit, builder.choose());
}

bool Listing::write_some(std::string& out, std::size_t enough) {
  Encoder encoder(out);
  encoder.set_utf8(utf8_);
  const std::size_t begin = out.size();
  while (next_ < names_.size() && out.size() - begin < enough) write(encoder, names_[next_++]);
  return next_ < names_.size();
}

// mailbox-list = "(" attributes ")" SP delimiter SP mailbox [SP mbox-list-extended] (RFC 5258 6)
void Listing::write(Encoder& out, const Name& name) const {
  const bool tells_more = name.selected && name.mailbox;
  const bool wants_status = tells_more && !query_->wanted.status.empty();
  std::optional<Status> status;
  if (wants_status && name.mailbox->info.selectable && (name.mailbox->rights & right::read) != 0) {
    auto read = read_status(*name.mailbox, query_->wanted.status);
    if (read) status = std::move(*read);
    if (status) status->append_limit = append_limit_;
  }
  const bool selectable =
      name.mailbox && name.mailbox->info.selectable && (!wants_status || status.has_value());
  out.raw("* LIST (");
  write_attributes(out, name, selectable);
  out.raw(") ").string("/").sp().astring(name.wire_name);
  if (name.child_info) write_child_info(out);
  out.crlf();
  if (status) write_status(out, name.mailbox->name, query_->wanted.status, *status);
  if (tells_more && query_->wanted.my_rights) {
    out.raw("* MYRIGHTS ").astring(name.wire_name).sp();
    out.astring(letters_of(name.mailbox->rights)).crlf();
  }
  if (tells_more && !query_->wanted.metadata.empty()) write_annotations(out, *name.mailbox);
}

// Entries without a value are told as such (RFC 9590 4). Where they cannot be read, nothing is
// told.
void Listing::write_annotations(Encoder& out, const ReachedMailbox& mailbox) const {
  if (!may_annotate(mailbox.rights)) return;
  store::AnnotationQuery asked;
  asked.entries = query_->wanted.metadata;
  auto found = mailbox.account->annotations(mailbox.info.id, asked);
  if (found) write_metadata(out, mailbox.name, asked.entries, found->entries);
}

void Listing::write_attributes(Encoder& out, const Name& name, bool selectable) const {
  AttributeList attributes(out);
  if (!name.mailbox && query_->extended) {
    attributes.add("\\NonExistent");
  } else if (!selectable) {
    attributes.add("\\Noselect");
  }
  if (query_->wanted.children) attributes.add_children(name.has_children);
  if (name.subscribed) attributes.add("\\Subscribed");
  if (name.mailbox && query_->wanted.special_use)
    attributes.add_use(name.mailbox->info.special_use);
}

// childinfo-extended-item (RFC 5258 3.5): the criteria, always quoted.
void Listing::write_child_info(Encoder& out) const {
  out.raw(" (").string("CHILDINFO").raw(" (");
  if (query_->selection.subscribed) out.string("SUBSCRIBED");
  if (query_->selection.subscribed && query_->selection.special_use) out.sp();
  if (query_->selection.special_use) out.string("SPECIAL-USE");
  out.raw("))");
}

void write_mailbox_attributes(Encoder& out, const store::MailboxInfo& mailbox,
                              const CapabilitySet& disabled) {
  AttributeList attributes(out);
  if (!mailbox.selectable) attributes.add("\\Noselect");
  if (!disabled.contains(Capability::children)) attributes.add_children(mailbox.has_children);
  if (mailbox.subscribed) attributes.add("\\Subscribed");
  if (!disabled.contains(Capability::special_use)) attributes.add_use(mailbox.special_use);
}

}  // namespace mailkeep::imap
