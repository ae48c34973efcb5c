#include "protocol/imap/commands/url_auth.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "protocol/imap/fetch/url_octets.h"
#include "protocol/imap/session.h"
#include "protocol/imap/url_token.h"
#include "protocol/imap/wire/imap_url.h"

namespace mailkeep::imap {
namespace {

constexpr std::string_view kInternal = "INTERNAL";
// Octets of a message that are read and written at a time.
constexpr std::uint64_t kFetchedPieceOctets = 256 * 1024;
constexpr std::size_t kTokenOctets = 76;  // what a URL with its token has more than its rump

// mechanism = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / "."): others are not known.
Parsed<void> parse_mechanism(Decoder& decoder) {
  if (!decoder.accept_word(kInternal)) return decoder.fail("unknown authorization mechanism");
  return {};
}

Parsed<void> parse_next_url(Decoder& decoder, std::vector<std::string>& urls) {
  if (auto ok = decoder.sp(); !ok) return ok;
  if (urls.size() == kMaxUrls) return decoder.fail("too many URLs");
  auto url = decoder.astring();
  if (!url) return std::unexpected(url.error());
  urls.push_back(std::move(*url));
  return {};
}

UrlBase base_of(const Session& session, const std::string& user) {
  return {user, session.settings().hostname, {}};
}

// The URL with its token. Nothing, whatever is wrong with it: that tells nothing of the mail of
// others.
store::StoreResult<std::optional<std::string>> authorize(const Session& session,
                                                         const std::string& rump) {
  const auto url = parse_authorized_url(rump, true);
  if (rump.size() + kTokenOctets > kMaxUrlBytes) return std::nullopt;
  const std::string& user = session.mailboxes().own().name();
  const std::string name = url ? mailbox_of(url->message, base_of(session, user)) : std::string();
  if (name.empty()) return std::nullopt;
  const auto mailbox = session.mailboxes().find_selectable(name, right::read);
  if (!mailbox) return std::nullopt;
  const auto key = mailbox->account->url_key(mailbox->info.id, store::UrlKey::make);
  if (!key) return std::unexpected(key.error());
  return rump + ":internal:" + url_token(*key, rump);
}

bool may_use(const Session& session, const AuthorizedUrl& url) {
  if (url.expires && *url.expires < Session::now().seconds) return false;
  const std::string& user = session.mailboxes().own().name();
  const auto& submitters = session.settings().submission_users;
  switch (url.access) {
    case UrlAccess::user:
      return url.user == user;
    case UrlAccess::submit:
      return std::ranges::find(submitters, user) != submitters.end();
    case UrlAccess::authuser:
      return user != session.settings().anonymous_account;
    case UrlAccess::anonymous:
      return true;
  }
  return false;
}

// What the URL's user may reach (RFC 4467 BASE.6.3.URLFETCH). Nothing: there is no such user.
std::optional<MailboxAccess> access_of(const Session& session, const std::string& user) {
  if (user == session.mailboxes().own().name()) return session.mailboxes();
  if (session.services().store == nullptr) return std::nullopt;
  auto account = session.services().store->open_account(user);
  if (!account) return std::nullopt;
  store::Store* shared = session.allows(Capability::acl) ? session.services().store : nullptr;
  return MailboxAccess(std::move(*account), shared, session.settings().share_with_anyone);
}

// The octets that a URL with a token means. Nothing, whatever is wrong with it.
std::optional<UrlOctets> find_octets(const Session& session, const std::string& text) {
  const auto url = parse_authorized_url(text, false);
  if (!url || url->mechanism != kInternal) return std::nullopt;
  const UrlBase base = base_of(session, url->message.user);
  const std::string name = mailbox_of(url->message, base);
  const auto mailboxes = access_of(session, url->message.user);
  std::string key;
  if (mailboxes && !name.empty()) {
    const auto mailbox = mailboxes->find_selectable(name, right::read);
    if (mailbox) {
      key = mailbox->account->url_key(mailbox->info.id, store::UrlKey::find).value_or("");
    }
  }
  if (!is_url_token(key, url->rump, url->token) || !may_use(session, *url)) return std::nullopt;
  return UrlOctets::find(*mailboxes, base, url->message);
}

// Appends the next piece. Where it cannot be read any more, the announced length is kept: spaces
// stand for it.
void read_piece(Session& session, UrlOctets& octets, std::string& out) {
  const std::size_t start = out.size();
  const std::uint64_t length = std::min(octets.left(), kFetchedPieceOctets);
  bool read = false;
  session.attempt_read({}, [&] { read = octets.read(length, out); });
  if (!read) out.resize(start + length, ' ');
  hide_nuls(out, start);
}

// Also of mailboxes that are shared with the user, whether or not they are listed.
store::StoreResult<void> remove_all_keys(const Session& session) {
  store::Account& own = session.mailboxes().own();
  if (auto removed = own.remove_url_keys(); !removed) return removed;
  store::Store* store = session.allows(Capability::acl) ? session.services().store : nullptr;
  if (store == nullptr) return {};
  std::string done = own.name();  // an account's mailboxes come one after the other
  for (const store::SharedMailbox& shared : store->shared_with(own.name())) {
    if (shared.owner_name == done || shared.owner_name == own.name()) continue;
    done = shared.owner_name;
    const auto owner = store->open_account(done);
    if (!owner) return std::unexpected(owner.error());
    const auto removed = (*owner)->for_reader(own.name())->remove_url_keys();
    if (!removed) return removed;
  }
  return {};
}

}  // namespace

// resetkey = "RESETKEY" [SP mailbox *(SP mechanism)] (RFC 4467 9)
Parsed<ResetKeyCommand> parse_resetkey(Decoder& decoder) {
  ResetKeyCommand command;
  if (decoder.accept(' ') && !decoder.at_end()) {
    auto mailbox = decoder.mailbox();
    if (!mailbox) return std::unexpected(mailbox.error());
    command.mailbox = std::move(*mailbox);
    while (decoder.accept(' ') && !decoder.at_end()) {
      if (auto ok = parse_mechanism(decoder); !ok) return std::unexpected(ok.error());
    }
  }
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

// genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism)
Parsed<GenUrlAuthCommand> parse_genurlauth(Decoder& decoder) {
  GenUrlAuthCommand command;
  do {
    if (auto ok = parse_next_url(decoder, command.urls); !ok) return std::unexpected(ok.error());
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
    if (auto ok = parse_mechanism(decoder); !ok) return std::unexpected(ok.error());
  } while (decoder.peek() == ' ');
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

// urlfetch = "URLFETCH" 1*(SP url-full)
Parsed<UrlFetchCommand> parse_urlfetch(Decoder& decoder) {
  UrlFetchCommand command;
  do {
    if (auto ok = parse_next_url(decoder, command.urls); !ok) return std::unexpected(ok.error());
  } while (decoder.peek() == ' ');
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const ResetKeyCommand& command) {
  const auto reset = co_await session.blocking([&]() -> store::StoreResult<void> {
    if (command.mailbox) {
      const auto mailbox = session.mailboxes().find_selectable(*command.mailbox, right::read);
      if (!mailbox) return std::unexpected(mailbox.error());
      const auto key = mailbox->account->url_key(mailbox->info.id, store::UrlKey::renew);
      if (!key) return std::unexpected(key.error());
      return {};
    }
    return remove_all_keys(session);
  });
  if (!reset) co_return Reply::refused(reset.error());
  if (!command.mailbox) co_return Reply::ok("RESETKEY completed");
  co_return Reply::ok("URLMECH INTERNAL", "RESETKEY completed");
}

protocol::Awaitable<Reply> handle(Session& session, const GenUrlAuthCommand& command) {
  std::vector<std::string> authorized;
  const auto done = co_await session.blocking([&]() -> store::StoreResult<void> {
    for (const std::string& rump : command.urls) {
      auto url = authorize(session, rump);
      if (!url) return std::unexpected(url.error());
      if (*url) authorized.push_back(std::move(**url));
    }
    return {};
  });
  if (!done) co_return Reply::refused(done.error());
  if (authorized.size() != command.urls.size()) {
    co_return Reply::bad("No message of yours that a URL could be authorized for");
  }
  Encoder& out = session.out();
  out.raw("* GENURLAUTH");
  for (const std::string& url : authorized) out.sp().string(url);
  out.crlf();
  co_return Reply::ok("GENURLAUTH completed");
}

protocol::Awaitable<Reply> handle(Session& session, const UrlFetchCommand& command) {
  session.out().raw("* URLFETCH");
  for (const std::string& url : command.urls) {
    // One at a time, since each may hold a whole header.
    std::optional<UrlOctets> octets;
    co_await session.blocking(
        [&] { session.attempt_read({}, [&] { octets = find_octets(session, url); }); });
    Encoder& out = session.out();
    out.sp().string(url).sp();
    if (!octets) {
      out.raw("NIL");
      continue;
    }
    if (octets->left() == 0) {
      out.string("");
      continue;
    }
    out.literal_header(octets->left());
    while (octets->left() > 0) {
      const bool connected =
          co_await session.flush_during([&] { read_piece(session, *octets, session.output()); });
      if (!connected) co_return Reply::end();
    }
  }
  session.out().crlf();
  co_return Reply::ok("URLFETCH completed");
}

}  // namespace mailkeep::imap
