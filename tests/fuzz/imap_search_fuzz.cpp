// The input is what follows SEARCH, SORT and THREAD: a program that is within its limits, and
// becomes a query for any mailbox.
#include <algorithm>

#include "expect.h"
#include "protocol/imap/search/query_resolver.h"
#include "protocol/imap/search/search_key_parser.h"

using namespace mailkeep;
using namespace mailkeep::imap;

namespace {

int depth_of(const store::SearchQuery& query) {
  if (const auto* none = std::get_if<store::SearchNot>(&query.key)) {
    return 1 + depth_of(*none->operand);
  }
  if (const auto* either = std::get_if<store::SearchOr>(&query.key)) {
    return 1 + std::max(depth_of(*either->left), depth_of(*either->right));
  }
  int depth = 0;
  if (const auto* all = std::get_if<store::SearchAnd>(&query.key)) {
    for (const auto& operand : all->operands) depth = std::max(depth, depth_of(operand));
  }
  return 1 + depth;
}

void resolve(const SearchProgram& program) {
  store::UidMap uids;
  uids.append({3, 5});
  uids.append({9, 9});
  const store::UidSet recent({9, 9});
  const store::UidSet saved({4, 9});
  const SearchScope scope{
      .uids = uids, .recent = recent, .saved = &saved, .account = {}, .now = 1'700'000'000};
  for (const Fuzziness fuzziness : {Fuzziness::exact, Fuzziness::some_words}) {
    const auto query = resolve_query(program.key, scope, fuzziness);
    // A fuzzy string is two levels more: one of some words.
    if (query) expect(depth_of(*query) <= 2 * kMaxSearchDepth + 4, "a query is not too deep");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  const Grammar grammar;
  Decoder search(text, grammar);
  if (const auto program = parse_search_program(search)) resolve(*program);
  Decoder sorted(text, grammar);
  if (const auto program = parse_sorted_program(sorted)) resolve(*program);
  expect(search.position() <= size && sorted.position() <= size, "a parser stays in its text");
  return 0;
}
