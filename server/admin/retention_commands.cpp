#include "server/admin/retention_commands.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "mime/header_reader.h"
#include "mime/text/encoded_word.h"
#include "protocol/imap/wire/mailbox_name.h"
#include "server/admin/arguments.h"
#include "server/admin/open_store.h"
#include "server/admin/progress.h"
#include "server/exit_code.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kListed = 10'000;
constexpr std::size_t kSubjectBytes = 60;

std::string readable_time(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

// A field's text on one line, without what a terminal would take for more than text.
std::string shown_field(std::string_view header, std::string_view name) {
  const auto field = mime::find_field(header, name);
  if (!field) return "";
  std::string text = mime::decode_header_text(mime::unfold(field->value));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() <= kSubjectBytes) return text;
  std::size_t end = kSubjectBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// Removed mailboxes of that name, or all.
std::vector<store::RemovedMailbox> removed_named(store::Account& account,
                                                 const std::optional<std::string>& name) {
  auto list = expect(account.removed_mailboxes(), account.name());
  if (name) {
    const std::string wanted = imap::normalize_inbox(*name);
    std::erase_if(list, [&](const store::RemovedMailbox& each) { return each.name != wanted; });
  }
  return list;
}

store::RestoreQuery query_of(const Arguments& arguments) {
  store::RestoreQuery query;
  query.to = arguments.value("--to").value_or("");
  if (const auto since = arguments.value("--since")) {
    const auto age = store::parse_age(*since);
    if (!age) throw AdminUsageError("--since: not a time that has gone by (2h, 3d)");
    const auto now = std::chrono::system_clock::now() - *age;
    query.since = std::chrono::system_clock::to_time_t(now);
  }
  if (const auto numbers = arguments.value("--messages")) {
    for (std::size_t begin = 0; begin <= numbers->size();) {
      const std::size_t end = std::min(numbers->find(',', begin), numbers->size());
      std::int64_t number = 0;
      const char* const last = numbers->data() + end;
      const auto [rest, error] = std::from_chars(numbers->data() + begin, last, number);
      if (error != std::errc() || rest != last) {
        throw AdminUsageError("--messages: not numbers with commas between: " + *numbers);
      }
      query.numbers.push_back(number);
      begin = end + 1;
    }
  }
  return query;
}

}  // namespace

int undelete_list(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {"--mailbox"});
  arguments.expect_plain(1, 1, "account name");
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, arguments.plain().front());
  const auto name = arguments.value("--mailbox");
  for (const store::RemovedMailbox& mailbox : removed_named(*account, name)) {
    context.out << fmt::format(
        "{}{}: {} messages ({}), removed {} to {}\n", mailbox.name,
        mailbox.deleted ? " (deleted)" : "", mailbox.messages, readable_bytes(mailbox.size_bytes),
        readable_time(mailbox.first_removed), readable_time(mailbox.last_removed));
    if (!name) continue;
    for (const store::RemovedMessage& message :
         expect(account->removed_messages(mailbox.id, kListed), mailbox.name)) {
      context.out << fmt::format("{:>8}  {}  {:>10}  {}  {}\n", message.number,
                                 readable_time(message.internal_date.seconds), message.size,
                                 shown_field(message.header, "From"),
                                 shown_field(message.header, "Subject"));
    }
  }
  return exit_code::ok;
}

int undelete_restore(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--all"}, {"--mailbox", "--since", "--messages", "--to"});
  arguments.expect_plain(1, 1, "account name");
  const auto name = arguments.value("--mailbox");
  if (name.has_value() == arguments.has("--all")) {
    throw AdminUsageError("either --mailbox NAME or --all");
  }
  const store::RestoreQuery query = query_of(arguments);
  if (!name && !query.numbers.empty()) throw AdminUsageError("--messages needs --mailbox");
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, arguments.plain().front());
  std::uint64_t messages = 0;
  for (const store::RemovedMailbox& mailbox : removed_named(*account, name)) {
    const auto restored = expect(account->restore_removed(mailbox.id, query), mailbox.name);
    messages += restored.messages;
    if (restored.messages == 0) continue;
    context.out << fmt::format("Restored {} messages ({}) into {}\n", restored.messages,
                               readable_bytes(restored.size_bytes), restored.mailbox);
  }
  if (messages > 0) return exit_code::ok;
  context.err << "mailkeep: there is nothing to restore\n";
  return exit_code::failed;
}

int mailbox_expire(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(2, 3, "account name, mailbox");
  const std::string& name = arguments.plain()[1];
  std::optional<std::string> age;
  if (arguments.plain().size() == 3) {
    age = arguments.plain()[2];
    if (*age != "default" && !store::parse_age(*age)) {
      throw AdminUsageError("neither an age (30d, 12h, 4w) nor none nor default: " + *age);
    }
  }
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, arguments.plain().front());
  const auto mailbox = expect(account->mailbox(name), name);
  const std::string entry(store::kExpireEntry);
  if (age) {
    store::AnnotationChange change{.entry = entry, .value = *age};
    if (*age == "default") change.value.reset();
    expect(account->annotate(mailbox.id, {&change, 1}), name);
  }
  const auto found = expect(
      account->annotations(
          mailbox.id, {.entries = {entry}, .depth = store::AnnotationDepth::zero, .max_bytes = {}}),
      name);
  context.out << name << ": "
              << (found.entries.empty() ? "as the settings say" : found.entries.front().value)
              << '\n';
  return exit_code::ok;
}

}  // namespace mailkeep::server
