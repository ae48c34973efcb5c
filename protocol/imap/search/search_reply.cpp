#include "protocol/imap/search/search_reply.h"

#include <algorithm>

namespace mailkeep::imap {
namespace {

void write_partial(Encoder& out, const ResultRange& range, const ResultList& numbers) {
  const std::string_view sign = range.from_end ? "-" : "";
  out.raw(" PARTIAL (").raw(sign).number(range.written_first).raw(":");
  out.raw(sign).number(range.written_last).sp();
  const ResultList part = partial_results(range, numbers);
  if (part.empty()) {
    out.raw("NIL");
  } else {
    part.write_set(out);
  }
  out.raw(")");
}

// RFC 6203 4: the scores stand in the order of the results that are told.
void write_scores(Encoder& out, const ReturnOptions& options,
                  const std::vector<std::uint8_t>& scores) {
  std::size_t begin = 0;
  std::size_t end = scores.size();
  if (options.partial) {
    const ResultRange& range = *options.partial;
    begin = range.from_end ? end - std::min<std::size_t>(range.last, end) : range.first - 1;
    end = range.from_end ? end - std::min<std::size_t>(range.first - 1, end)
                         : std::min<std::size_t>(range.last, end);
  }
  out.raw(" RELEVANCY (");
  for (std::size_t i = begin; i < end; ++i) {
    if (i != begin) out.sp();
    out.number(scores[i]);
  }
  out.raw(")");
}

}  // namespace

ResultList partial_results(const ResultRange& range, const ResultList& results) {
  if (!range.from_end) return results.slice(range.first, range.last);
  const std::uint64_t count = results.count();
  if (range.first > count) return {};
  const std::uint64_t from = range.last >= count ? 1 : count - range.last + 1;
  return results.slice(from, count - range.first + 1);
}

store::UidSet told_results(const ReturnOptions& options, const ResultList& results) {
  const bool some = options.min || options.max || options.partial;
  if (options.all || options.count || !some) return results.as_set();
  ResultList told;
  if (results.empty()) return {};
  if (options.min) told.append(results.first());
  if (options.partial) {
    const ResultList part = partial_results(*options.partial, results);
    for (const auto& run : part.runs()) told.append(run);
  }
  if (options.max) told.append(results.last());
  return told.as_set();
}

void write_esearch(Encoder& out, std::string_view tag, const ReturnOptions& options,
                   const SearchResults& results, const store::UidMap* uids,
                   const std::optional<ResultMailbox>& mailbox) {
  out.raw("* ESEARCH (TAG ").string(tag);
  if (mailbox) {
    out.raw(" MAILBOX ").mailbox(mailbox->name);
    out.raw(" UIDVALIDITY ").number(mailbox->uid_validity);
  }
  out.raw(")");
  if (!uids) out.raw(" UID");
  const ResultList numbers = uids ? results.uids.as_sequence_numbers(*uids) : results.uids;
  if (!numbers.empty()) {
    if (options.min) out.raw(" MIN ").number(numbers.first());
    if (options.max) out.raw(" MAX ").number(numbers.last());
    if (options.all) {
      out.raw(" ALL ");
      numbers.write_set(out);
    }
  }
  if (options.partial) write_partial(out, *options.partial, numbers);
  if (options.count) out.raw(" COUNT ").number(numbers.count());
  if (options.relevancy) write_scores(out, options, results.scores);
  if (results.modseq) out.raw(" MODSEQ ").number(results.modseq->value);
  out.crlf();
}

store::StoreResult<store::Modseq> highest_modseq(store::Account& account, store::MailboxId mailbox,
                                                 const store::UidSet& uids) {
  auto cursor = account.messages(mailbox, uids, store::Detail::flags);
  if (!cursor) return std::unexpected(cursor.error());
  store::Modseq highest;
  while ((*cursor)->next()) highest = std::max(highest, (*cursor)->row().modseq);
  return highest;
}

}  // namespace mailkeep::imap
