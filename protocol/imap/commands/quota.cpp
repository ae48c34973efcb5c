#include "protocol/imap/commands/quota.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

constexpr std::uint64_t kStorageUnit = 1024;  // octets (RFC 9208 5.1)

Reply no_such_root() {
  return Reply::no("NONEXISTENT", "No such quota root");
}

bool is_administrator(const Session& session) {
  const auto& names = session.settings().administrators;
  return std::ranges::find(names, session.account_name()) != names.end();
}

// The account of a quota root; null where this user has none of that name.
std::shared_ptr<store::Account> account_of(const Session& session, const std::string& root) {
  if (root.empty()) return session.shared_account();
  if (!is_administrator(session)) return nullptr;
  return session.mailboxes().owner_of(root);
}

// Without limits there is no quota root: a QUOTA response tells at least one (RFC 9208 8).
bool is_root(const store::Quota& quota) {
  return quota.limits.bytes || quota.limits.messages || quota.limits.mailboxes;
}

void write_resource(Encoder& out, std::string_view name, std::uint64_t usage,
                    std::optional<std::uint64_t> limit, std::uint64_t unit, bool& first) {
  if (!limit) return;
  if (!first) out.sp();
  first = false;
  out.raw(name).sp().number((usage + unit - 1) / unit).sp().number(*limit / unit);
}

// quota-response = "QUOTA" SP quota-root-name SP quota-list (RFC 9208 8)
void write_quota(Encoder& out, const std::string& root, const store::Quota& quota) {
  out.raw("* QUOTA ").astring(root).raw(" (");
  bool first = true;
  write_resource(out, "STORAGE", quota.usage.bytes, quota.limits.bytes, kStorageUnit, first);
  write_resource(out, "MESSAGE", quota.usage.messages, quota.limits.messages, 1, first);
  write_resource(out, "MAILBOX", quota.usage.mailboxes, quota.limits.mailboxes, 1, first);
  out.raw(")").crlf();
}

// setquota-resource = resource-name SP resource-limit
Parsed<void> parse_resource(Decoder& decoder, store::QuotaLimits& limits) {
  std::optional<std::uint64_t>* limit = nullptr;
  std::uint64_t unit = 1;
  const std::size_t begin = decoder.position();
  if (decoder.accept_word("STORAGE")) {
    limit = &limits.bytes;
    unit = kStorageUnit;
  } else if (decoder.accept_word("MESSAGE")) {
    limit = &limits.messages;
  } else if (decoder.accept_word("MAILBOX")) {
    limit = &limits.mailboxes;
  } else {
    return decoder.fail("unknown resource");
  }
  if (auto space = decoder.sp(); !space) return space;
  const auto value = decoder.number64();
  if (!value) return std::unexpected(value.error());
  if (*value > INT64_MAX / unit) return std::unexpected(SyntaxError{begin, "limit too large"});
  *limit = *value * unit;
  return {};
}

Parsed<std::string> parse_root(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  return decoder.astring();
}

}  // namespace

// getquota = "GETQUOTA" SP quota-root-name
Parsed<GetQuotaCommand> parse_getquota(Decoder& decoder) {
  auto root = parse_root(decoder);
  if (!root) return std::unexpected(root.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return GetQuotaCommand{std::move(*root)};
}

// getquotaroot = "GETQUOTAROOT" SP mailbox
Parsed<GetQuotaRootCommand> parse_getquotaroot(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto mailbox = decoder.mailbox();
  if (!mailbox) return std::unexpected(mailbox.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return GetQuotaRootCommand{std::move(*mailbox)};
}

// setquota = "SETQUOTA" SP quota-root-name SP setquota-list
Parsed<SetQuotaCommand> parse_setquota(Decoder& decoder) {
  SetQuotaCommand command;
  auto root = parse_root(decoder);
  if (!root) return std::unexpected(root.error());
  command.root = std::move(*root);
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (auto open = decoder.expect('('); !open) return std::unexpected(open.error());
  if (!decoder.accept(')')) {
    do {
      if (auto resource = parse_resource(decoder, command.limits); !resource) {
        return std::unexpected(resource.error());
      }
    } while (decoder.accept(' '));
    if (auto close = decoder.expect(')'); !close) return std::unexpected(close.error());
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const GetQuotaCommand& command) {
  const auto quota = co_await session.blocking([&]() -> store::StoreResult<store::Quota> {
    const auto account = account_of(session, command.root);
    if (!account) return std::unexpected(store::StoreError::no_such_account);
    return account->quota();
  });
  if (!quota || !is_root(*quota)) co_return no_such_root();
  write_quota(session.out(), command.root, *quota);
  co_return Reply::ok("GETQUOTA completed");
}

// The mailbox may be one that does not exist (RFC 9208 4.1.2). What others use is not told.
protocol::Awaitable<Reply> handle(Session& session, const GetQuotaRootCommand& command) {
  Encoder& out = session.out();
  if (MailboxAccess::is_others(command.mailbox)) {
    const auto mailbox = co_await session.blocking(
        [&] { return session.mailboxes().find(command.mailbox, right::read); });
    if (!mailbox) co_return Reply::refused(mailbox.error());
    out.raw("* QUOTAROOT ").mailbox(command.mailbox).crlf();
    co_return Reply::ok("GETQUOTAROOT completed");
  }
  const auto quota = co_await session.blocking([&] { return session.account().quota(); });
  if (!quota) co_return Reply::refused(quota.error());
  out.raw("* QUOTAROOT ").mailbox(command.mailbox);
  if (is_root(*quota)) {
    out.sp().string("").crlf();
    write_quota(out, "", *quota);
  } else {
    out.crlf();
  }
  co_return Reply::ok("GETQUOTAROOT completed");
}

protocol::Awaitable<Reply> handle(Session& session, const SetQuotaCommand& command) {
  if (!is_administrator(session)) {
    co_return Reply::no("NOPERM", "Only an administrator may set limits");
  }
  const auto quota = co_await session.blocking([&]() -> store::StoreResult<store::Quota> {
    const auto account = account_of(session, command.root);
    if (!account) return std::unexpected(store::StoreError::no_such_account);
    const auto set = account->set_quota(command.limits);
    if (!set) return std::unexpected(set.error());
    return account->quota();
  });
  if (!quota) co_return no_such_root();
  if (is_root(*quota)) write_quota(session.out(), command.root, *quota);
  co_return Reply::ok("SETQUOTA completed");
}

}  // namespace mailkeep::imap
