#include "protocol/imap/search/return_options.h"

#include <algorithm>
#include <string_view>

namespace mailkeep::imap {
namespace {

struct Flag {
  std::string_view name;
  bool ReturnOptions::* flag;
  Capability capability;
};
constexpr Flag kFlags[] = {
    {"MIN", &ReturnOptions::min, Capability::esearch},
    {"MAX", &ReturnOptions::max, Capability::esearch},
    {"ALL", &ReturnOptions::all, Capability::esearch},
    {"COUNT", &ReturnOptions::count, Capability::esearch},
    {"SAVE", &ReturnOptions::save, Capability::search_res},
    {"CONTEXT", &ReturnOptions::context, Capability::context_search},
    {"UPDATE", &ReturnOptions::update, Capability::context_search},
    {"RELEVANCY", &ReturnOptions::relevancy, Capability::search_fuzzy},
};

// search-return-opt. CONTEXT is a hint that the same will be searched for again (RFC 5267 4.2):
// nothing is prepared for that.
Parsed<void> parse_option(Decoder& decoder, ReturnOptions& options) {
  for (const Flag& entry : kFlags) {
    if (!decoder.accept_word(entry.name, entry.capability)) continue;
    options.*entry.flag = true;
    return {};
  }
  const bool pages = decoder.accept_word("PARTIAL", Capability::partial) ||
                     decoder.accept_word("PARTIAL", Capability::context_search);
  if (!pages) return decoder.fail("unknown RETURN option");
  if (options.partial) return decoder.fail("a second PARTIAL");
  if (auto ok = decoder.sp(); !ok) return ok;
  auto range = parse_partial_range(decoder);
  if (!range) return std::unexpected(range.error());
  options.partial = *range;
  return {};
}

}  // namespace

Parsed<ResultRange> parse_partial_range(Decoder& decoder) {
  ResultRange range;
  range.from_end = decoder.accept('-');
  const auto first = decoder.nz_number();
  if (!first) return std::unexpected(first.error());
  if (auto ok = decoder.expect(':'); !ok) return std::unexpected(ok.error());
  if (range.from_end) {
    if (auto ok = decoder.expect('-'); !ok) return std::unexpected(ok.error());
  }
  const auto last = decoder.nz_number();
  if (!last) return std::unexpected(last.error());
  range.written_first = *first;
  range.written_last = *last;
  range.first = std::min(*first, *last);
  range.last = std::max(*first, *last);
  return range;
}

Parsed<ReturnOptions> parse_return_options(Decoder& decoder) {
  ReturnOptions options;
  if (!decoder.allows(Capability::esearch)) return options;
  Decoder ahead = decoder;
  if (!ahead.accept(' ') || !ahead.accept_word("RETURN")) return options;
  decoder = ahead;
  options.given = true;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  if (auto ok = decoder.expect('('); !ok) return std::unexpected(ok.error());
  if (decoder.accept(')')) {
    options.all = true;
    return options;
  }
  do {
    if (auto ok = parse_option(decoder, options); !ok) return std::unexpected(ok.error());
  } while (decoder.accept(' '));
  if (options.all && options.partial) return decoder.fail("ALL and PARTIAL exclude each other");
  if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  return options;
}

}  // namespace mailkeep::imap
