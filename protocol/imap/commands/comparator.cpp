#include "protocol/imap/commands/comparator.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

constexpr std::string_view kCollation = "i;unicode-casemap";
constexpr std::size_t kMaxWanted = 100;

// collation-wild = ("*" / (ALPHA ["*"])) ... (RFC 4790 3.2): '*' stands for any characters.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;  // in the name
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (at < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = at;
    } else if (p < pattern.size() && ascii_upper(pattern[p]) == ascii_upper(name[at])) {
      ++p;
      ++at;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_wanted(const std::string& pattern) {
  return equal_ignoring_case(pattern, "default") || matches(pattern, kCollation);
}

}  // namespace

// comparator-cmd = "COMPARATOR" *(SP comp-order-quoted) (RFC 5255 4.10)
Parsed<ComparatorCommand> parse_comparator(Decoder& decoder) {
  ComparatorCommand command;
  while (decoder.accept(' ')) {
    if (command.wanted.size() >= kMaxWanted) return decoder.fail("too many comparators");
    auto pattern = decoder.astring();
    if (!pattern) return std::unexpected(pattern.error());
    command.wanted.push_back(std::move(*pattern));
  }
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const ComparatorCommand& command) {
  if (!command.wanted.empty() && std::ranges::none_of(command.wanted, is_wanted)) {
    co_return Reply::no("BADCOMPARATOR", "No such comparator");
  }
  session.out().raw("* COMPARATOR ").astring(kCollation).crlf();
  co_return Reply::ok("COMPARATOR completed");
}

}  // namespace mailkeep::imap
