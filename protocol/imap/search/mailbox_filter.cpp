#include "protocol/imap/search/mailbox_filter.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace mailkeep::imap {
namespace {

using Kind = MailboxFilter::Kind;

struct Name {
  std::string_view name;
  Kind kind;
  bool has_names;
};
constexpr Name kNames[] = {
    {"SELECTED", Kind::selected, false},      {"SELECTED-DELAYED", Kind::selected_delayed, false},
    {"INBOXES", Kind::inboxes, false},        {"PERSONAL", Kind::personal, false},
    {"SUBSCRIBED", Kind::subscribed, false},  {"SUBTREE", Kind::subtree, true},
    {"SUBTREE-ONE", Kind::subtree_one, true}, {"MAILBOXES", Kind::mailboxes, true},
};

// one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")" (RFC 5465 8)
Parsed<void> parse_names(Decoder& decoder, std::vector<std::string>& names) {
  const bool many = decoder.accept('(');
  do {
    if (names.size() >= kMaxFilterNames) return decoder.fail("too many mailboxes");
    auto name = decoder.mailbox();
    if (!name) return std::unexpected(name.error());
    names.push_back(std::move(*name));
  } while (many && decoder.accept(' '));
  return many ? decoder.expect(')') : Parsed<void>{};
}

bool is_below(std::string_view name, std::string_view parent) {
  return name.size() > parent.size() && name.starts_with(parent) && name[parent.size()] == '/';
}

bool in_tree(const MailboxFilter& filter, std::string_view name) {
  return std::ranges::any_of(filter.names, [&](const std::string& top) {
    if (name == top) return true;
    if (filter.kind == Kind::mailboxes || !is_below(name, top)) return false;
    return filter.kind == Kind::subtree || name.find('/', top.size() + 1) == std::string_view::npos;
  });
}

}  // namespace

Parsed<MailboxFilter> parse_mailbox_filter(Decoder& decoder) {
  MailboxFilter filter;
  for (const Name& entry : kNames) {
    if (!decoder.accept_word(entry.name)) continue;
    filter.kind = entry.kind;
    if (!entry.has_names) return filter;
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
    if (auto ok = parse_names(decoder, filter.names); !ok) return std::unexpected(ok.error());
    return filter;
  }
  return decoder.fail("expected which mailboxes");
}

bool is_meant(const MailboxFilter& filter, const ReachedMailbox& mailbox,
              const MailboxAccess& access) {
  const bool own = mailbox.account->id() == access.own().id();
  switch (filter.kind) {
    case Kind::selected:
    case Kind::selected_delayed:
      return false;
    case Kind::inboxes:
      return own && mailbox.info.name == "INBOX";
    case Kind::personal:
      return own;
    case Kind::subscribed:
      return mailbox.info.subscribed;
    case Kind::subtree:
    case Kind::subtree_one:
    case Kind::mailboxes:
      return in_tree(filter, mailbox.name);
  }
  return false;
}

}  // namespace mailkeep::imap
