#include "protocol/imap/search/mailbox_filter.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "store/mailbox_name.h"

namespace mailkeep::imap {
namespace {

using FilterKind = MailboxFilter::Kind;

struct FilterName {
  std::string_view name;
  FilterKind kind;
  bool has_names;
};
constexpr FilterName kFilterNames[] = {
    {"SELECTED", FilterKind::selected, false},
    {"SELECTED-DELAYED", FilterKind::selected_delayed, false},
    {"INBOXES", FilterKind::inboxes, false},
    {"PERSONAL", FilterKind::personal, false},
    {"SUBSCRIBED", FilterKind::subscribed, false},
    {"SUBTREE", FilterKind::subtree, true},
    {"SUBTREE-ONE", FilterKind::subtree_one, true},
    {"MAILBOXES", FilterKind::mailboxes, true},
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

bool in_tree(const MailboxFilter& filter, std::string_view name) {
  return std::ranges::any_of(filter.names, [&](const std::string& top) {
    if (name == top) return true;
    if (filter.kind == FilterKind::mailboxes || !store::is_below(name, top)) return false;
    return filter.kind == FilterKind::subtree ||
           name.find('/', top.size() + 1) == std::string_view::npos;
  });
}

}  // namespace

Parsed<MailboxFilter> parse_mailbox_filter(Decoder& decoder) {
  MailboxFilter filter;
  for (const FilterName& entry : kFilterNames) {
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
    case FilterKind::selected:
    case FilterKind::selected_delayed:
      return false;
    case FilterKind::inboxes:
      return own && mailbox.info.name == "INBOX";
    case FilterKind::personal:
      return own;
    case FilterKind::subscribed:
      return mailbox.info.subscribed;
    case FilterKind::subtree:
    case FilterKind::subtree_one:
    case FilterKind::mailboxes:
      return in_tree(filter, mailbox.name);
  }
  return false;
}

}  // namespace mailkeep::imap
