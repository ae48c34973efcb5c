#include "protocol/imap/commands/metadata.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

// RFC 5464 3.2: levels are not empty and have no wildcards; names are of US-ASCII here.
bool is_entry_name(std::string_view name) {
  if (name.size() > store::kMaxAnnotationNameBytes) return false;
  if (!name.starts_with('/') || name.ends_with('/')) return false;
  if (name.find("//") != std::string_view::npos) return false;
  return std::ranges::all_of(name,
                             [](char c) { return c > ' ' && c < 0x7f && c != '*' && c != '%'; });
}

bool is_at_or_below(std::string_view name, std::string_view level) {
  return name.starts_with(level) && (name.size() == level.size() || name[level.size()] == '/');
}

// getmetadata-option: "MAXSIZE" SP number / "DEPTH" SP ("0" / "1" / "infinity")
Parsed<void> parse_option(Decoder& decoder, store::AnnotationQuery& query) {
  if (decoder.accept_word("MAXSIZE")) {
    if (auto space = decoder.sp(); !space) return space;
    const auto octets = decoder.number();
    if (!octets) return std::unexpected(octets.error());
    query.max_bytes = *octets;
    return {};
  }
  if (!decoder.accept_word("DEPTH")) return decoder.fail("expected MAXSIZE or DEPTH");
  if (auto space = decoder.sp(); !space) return space;
  if (decoder.accept_word("0")) {
    query.depth = store::AnnotationDepth::zero;
  } else if (decoder.accept_word("1")) {
    query.depth = store::AnnotationDepth::one;
  } else if (decoder.accept_word("infinity")) {
    query.depth = store::AnnotationDepth::infinity;
  } else {
    return decoder.fail("expected 0, 1 or infinity");
  }
  return {};
}

// getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")", if that is next.
Parsed<bool> parse_options(Decoder& decoder, store::AnnotationQuery& query) {
  Decoder ahead = decoder;
  if (!ahead.accept('(') || (!ahead.accept_word("MAXSIZE") && !ahead.accept_word("DEPTH"))) {
    return false;
  }
  decoder.accept('(');
  do {
    if (auto option = parse_option(decoder, query); !option) {
      return std::unexpected(option.error());
    }
  } while (decoder.accept(' '));
  if (auto close = decoder.expect(')'); !close) return std::unexpected(close.error());
  return true;
}

// entries = entry / "(" entry *(SP entry) ")"
Parsed<void> parse_entries(Decoder& decoder, std::vector<std::string>& entries) {
  const bool several = decoder.accept('(');
  do {
    auto entry = parse_metadata_entry(decoder);
    if (!entry) return std::unexpected(entry.error());
    if (entries.size() == kMaxMetadataEntries) return decoder.fail("too many entries");
    entries.push_back(std::move(*entry));
  } while (several && decoder.accept(' '));
  if (several) return decoder.expect(')');
  return {};
}

// value = nstring / literal8
Parsed<std::optional<std::string>> parse_value(Decoder& decoder) {
  if (decoder.peek() != '~') return decoder.nstring();
  auto value = decoder.literal8();
  if (!value) return std::unexpected(value.error());
  return std::optional<std::string>(std::move(*value));
}

// Where the annotations of a name are, and whose.
struct Place {
  std::shared_ptr<store::Account> account;
  store::MailboxId mailbox{0};  // 0: the account's own
};

// RFC 5464 3.3 asks for "l" and one more right; to change what others see takes "w" here.
store::StoreResult<Place> find_place(const Session& session, const std::string& name,
                                     Rights needed) {
  if (name.empty()) return Place{session.shared_account(), {}};
  auto mailbox = session.mailboxes().find(name, needed);
  if (!mailbox) return std::unexpected(mailbox.error());
  if (!may_annotate(mailbox->rights)) return std::unexpected(store::StoreError::no_permission);
  return Place{std::move(mailbox->account), mailbox->info.id};
}

Reply refused(store::StoreError error) {
  if (error == store::StoreError::annotation_too_big) {
    return Reply::no("METADATA MAXSIZE " + std::to_string(store::kMaxAnnotationBytes),
                     std::string(store::describe(error)));
  }
  if (error == store::StoreError::too_many_annotations) {
    return Reply::no("METADATA TOOMANY", std::string(store::describe(error)));
  }
  return Reply::refused(error);
}

}  // namespace

Parsed<std::string> parse_metadata_entry(Decoder& decoder) {
  const std::size_t begin = decoder.position();
  auto name = decoder.astring();
  if (!name) return name;
  std::ranges::transform(*name, name->begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (!is_entry_name(*name) ||
      (!is_at_or_below(*name, "/private") && !is_at_or_below(*name, "/shared"))) {
    return std::unexpected(SyntaxError{begin, "expected an entry below /private or /shared"});
  }
  return name;
}

void write_metadata(Encoder& out, std::string_view name, const std::vector<std::string>& asked,
                    const std::vector<store::Annotation>& found) {
  bool first = true;
  const auto begin_entry = [&](const std::string& entry) {
    if (first) out.raw("* METADATA ").mailbox(name);
    out.raw(first ? " (" : " ").astring(entry).sp();
    first = false;
  };
  for (const store::Annotation& entry : found) {
    begin_entry(entry.entry);
    if (entry.value.find('\0') != std::string::npos) {
      out.literal8(entry.value);
    } else {
      out.string(entry.value);
    }
  }
  for (const std::string& entry : asked) {
    if (std::ranges::find(found, entry, &store::Annotation::entry) != found.end()) continue;
    begin_entry(entry);
    out.raw("NIL");
  }
  if (!first) out.raw(")").crlf();
}

bool may_annotate(Rights rights) {
  constexpr Rights kAny =
      right::read | right::keep_seen | right::write | right::insert | right::post;
  return (rights & right::lookup) != 0 && (rights & kAny) != 0;
}

// getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries (RFC 5464 5). The
// examples of RFC 5464 4.2 have the options behind the mailbox: both are taken.
Parsed<GetMetadataCommand> parse_getmetadata(Decoder& decoder) {
  GetMetadataCommand command;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  const auto early = parse_options(decoder, command.query);
  if (!early) return std::unexpected(early.error());
  if (*early) {
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  }
  auto mailbox = decoder.mailbox();
  if (!mailbox) return std::unexpected(mailbox.error());
  command.mailbox = std::move(*mailbox);
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  const auto late = *early ? Parsed<bool>(false) : parse_options(decoder, command.query);
  if (!late) return std::unexpected(late.error());
  if (*late) {
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  }
  if (auto entries = parse_entries(decoder, command.query.entries); !entries) {
    return std::unexpected(entries.error());
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

// setmetadata = "SETMETADATA" SP mailbox SP "(" entry SP value *(SP entry SP value) ")"
Parsed<SetMetadataCommand> parse_setmetadata(Decoder& decoder) {
  SetMetadataCommand command;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto mailbox = decoder.mailbox();
  if (!mailbox) return std::unexpected(mailbox.error());
  command.mailbox = std::move(*mailbox);
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (auto open = decoder.expect('('); !open) return std::unexpected(open.error());
  do {
    auto entry = parse_metadata_entry(decoder);
    if (!entry) return std::unexpected(entry.error());
    if (*entry == "/private" || *entry == "/shared") return decoder.fail("expected an entry");
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
    auto value = parse_value(decoder);
    if (!value) return std::unexpected(value.error());
    if (command.changes.size() == kMaxMetadataEntries) return decoder.fail("too many entries");
    command.changes.push_back({std::move(*entry), std::move(*value)});
  } while (decoder.accept(' '));
  if (auto close = decoder.expect(')'); !close) return std::unexpected(close.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const GetMetadataCommand& command) {
  const auto found = co_await session.blocking([&]() -> store::StoreResult<store::Annotations> {
    const auto place = find_place(session, command.mailbox, right::none);
    if (!place) return std::unexpected(place.error());
    return place->account->annotations(place->mailbox, command.query);
  });
  if (!found) co_return Reply::refused(found.error());
  const bool left_out = found->longest_left_out != 0;
  static const std::vector<std::string> kNone;
  const bool exact = command.query.depth == store::AnnotationDepth::zero && !left_out;
  write_metadata(session.out(), command.mailbox, exact ? command.query.entries : kNone,
                 found->entries);
  if (!left_out) co_return Reply::ok("GETMETADATA completed");
  co_return Reply::ok("METADATA LONGENTRIES " + std::to_string(found->longest_left_out),
                      "GETMETADATA completed, but for long values");
}

protocol::Awaitable<Reply> handle(Session& session, const SetMetadataCommand& command) {
  const bool shares = std::ranges::any_of(
      command.changes, [](const auto& change) { return is_at_or_below(change.entry, "/shared"); });
  const auto changed = co_await session.blocking([&]() -> store::StoreResult<void> {
    const auto place = find_place(session, command.mailbox, shares ? right::write : right::none);
    if (!place) return std::unexpected(place.error());
    return place->account->annotate(place->mailbox, command.changes);
  });
  if (!changed) co_return refused(changed.error());
  co_return Reply::ok("SETMETADATA completed");
}

}  // namespace mailkeep::imap
