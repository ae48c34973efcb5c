#include "protocol/imap/search/return_options.h"

#include <algorithm>

namespace mailkeep::imap {
namespace {

// search-return-opt
Parsed<void> parse_option(Decoder& decoder, ReturnOptions& options) {
  if (decoder.accept_word("MIN")) {
    options.min = true;
  } else if (decoder.accept_word("MAX")) {
    options.max = true;
  } else if (decoder.accept_word("ALL")) {
    options.all = true;
  } else if (decoder.accept_word("COUNT")) {
    options.count = true;
  } else if (decoder.accept_word("SAVE")) {
    options.save = true;
  } else if (decoder.accept_word("UPDATE")) {
    options.update = true;
  } else if (decoder.accept_word("RELEVANCY")) {
    options.relevancy = true;
  } else if (decoder.accept_word("CONTEXT")) {
    options.context = true;  // a hint (RFC 5267 4.2): nothing is prepared for later searches
  } else if (decoder.peek() == 'P' || decoder.peek() == 'p') {
    if (!decoder.accept_word("PARTIAL")) return decoder.fail("unknown RETURN option");
    if (options.partial) return decoder.fail("a second PARTIAL");
    if (auto ok = decoder.sp(); !ok) return ok;
    auto range = parse_partial_range(decoder);
    if (!range) return std::unexpected(range.error());
    options.partial = *range;
  } else {
    return decoder.fail("unknown RETURN option");
  }
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
