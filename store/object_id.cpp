#include "store/object_id.h"

#include <charconv>

namespace mailkeep::store {

namespace {

std::string make_id(char kind, AccountId account, std::int64_t number) {
  return kind + std::to_string(account.value) + '-' + std::to_string(number);
}

std::optional<std::int64_t> read_id(char kind, AccountId account, std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  auto read = std::from_chars(text.data() + dash + 1, end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 0 ||
      make_id(kind, account, number) != text) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::string object_id(AccountId account, MailboxId mailbox) {
  return make_id('F', account, mailbox.value);
}

std::string object_id(AccountId account, MessageId message) {
  return make_id('M', account, message.value);
}

std::string object_id(AccountId account, ThreadId thread) {
  return make_id('T', account, thread.value);
}

std::optional<MessageId> message_of(AccountId account, std::string_view text) {
  auto number = read_id('M', account, text);
  return number ? std::optional(MessageId{*number}) : std::nullopt;
}

std::optional<ThreadId> thread_of(AccountId account, std::string_view text) {
  auto number = read_id('T', account, text);
  return number ? std::optional(ThreadId{*number}) : std::nullopt;
}

}  // namespace mailkeep::store
