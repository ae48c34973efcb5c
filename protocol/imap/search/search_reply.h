// The ESEARCH response (RFC 4731 3, RFC 9051 7.3.4) and which of the results it speaks of.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/imap/search/result_list.h"
#include "protocol/imap/search/return_options.h"
#include "protocol/imap/wire/encoder.h"
#include "store/account.h"

namespace mailkeep::imap {

// The mailbox that the results are of, where that is not the selected one's (RFC 7377 2.1).
struct ResultMailbox {
  std::string_view name;
  std::uint32_t uid_validity = 0;
};

struct SearchResults {
  ResultList uids;                      // in the command's order
  std::optional<store::Modseq> modseq;  // the highest of those that are told
  std::vector<std::uint8_t> scores;     // beside `uids`; empty where there are none
};

// The results that `options` ask for by their place.
ResultList partial_results(const ResultRange& range, const ResultList& results);

// Those whose mod-sequences count (RFC 4731 3.2), and what SAVE keeps (RFC 5182 2.4, RFC 9394 3.2).
store::UidSet told_results(const ReturnOptions& options, const ResultList& results);

// `uids`: of the selected mailbox, for sequence numbers; null: the answer has UIDs.
void write_esearch(Encoder& out, std::string_view tag, const ReturnOptions& options,
                   const SearchResults& results, const store::UidMap* uids,
                   const std::optional<ResultMailbox>& mailbox = {});

// The highest mod-sequence among `uids` (RFC 7162 3.1.5). Blocks.
store::StoreResult<store::Modseq> highest_modseq(store::Account& account, store::MailboxId mailbox,
                                                 const store::UidSet& uids);

}  // namespace mailkeep::imap
