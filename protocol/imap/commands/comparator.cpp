#include "protocol/imap/commands/comparator.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

struct Collation {
  std::string_view name;
  store::Comparator comparator;
};
constexpr Collation kCollations[] = {
    {"i;unicode-casemap", store::Comparator::unicode_casemap},  // the default
    {"i;ascii-casemap", store::Comparator::ascii_casemap},
    {"i;octet", store::Comparator::octet},
};
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

bool is_meant(const std::string& pattern, const Collation& collation) {
  if (equal_ignoring_case(pattern, "default")) return &collation == std::begin(kCollations);
  return matches(pattern, collation.name);
}

// Those that an argument matches, in the order of the arguments.
std::vector<const Collation*> wanted_ones(const std::vector<std::string>& patterns) {
  std::vector<const Collation*> wanted;
  for (const std::string& pattern : patterns) {
    for (const Collation& collation : kCollations) {
      const bool again = std::ranges::find(wanted, &collation) != wanted.end();
      if (!again && is_meant(pattern, collation)) wanted.push_back(&collation);
    }
  }
  return wanted;
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
  const std::vector<const Collation*> wanted = wanted_ones(command.wanted);
  if (wanted.empty() && !command.wanted.empty()) {
    co_return Reply::no("BADCOMPARATOR", "No such comparator");
  }
  if (!wanted.empty()) session.set_comparator(wanted.front()->comparator);
  const auto* active = std::ranges::find(kCollations, session.comparator(), &Collation::comparator);
  Encoder& out = session.out();
  out.raw("* COMPARATOR ").astring(active->name);
  // RFC 5255 4.8: the list is there where there is more than one.
  if (wanted.size() > 1) {
    out.raw(" (");
    for (const Collation* collation : wanted) {
      if (collation != wanted.front()) out.sp();
      out.astring(collation->name);
    }
    out.raw(")");
  }
  out.crlf();
  co_return Reply::ok("COMPARATOR completed");
}

}  // namespace mailkeep::imap
