// SEARCH: reads the rows of a mailbox and asks the matcher.
#include "store/account_impl.h"
#include "store/message_reader.h"
#include "store/reader_seen.h"
#include "store/search_matcher.h"

namespace mailkeep::store {

namespace {

constexpr const char* kSearchedRows = R"sql(
SELECT uid, message_id, flags, modseq, size, internal_date, zone, save_date FROM mailbox_message
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid)sql";

// A message whose content is damaged, or that our code fails at, does not match; the others of the
// mailbox are searched all the same. The machine's failures are everybody's.
bool matches(const SearchMatcher& matcher, SearchedMessage& message, const FailureSink& failed) {
  try {
    return matcher.matches(message);
  } catch (const sqlite::Error& error) {
    if (!error.is_damage()) throw;
    if (failed) failed(message.row().uid, error.what());
  } catch (const std::exception& error) {
    if (failed) failed(message.row().uid, error.what());
  }
  return false;
}

}  // namespace

StoreResult<UidSet> AccountImpl::search(MailboxId mailbox, const SearchQuery& query,
                                        std::stop_token stop, const FailureSink& failed) {
  return search_as({}, mailbox, query, std::move(stop), failed);
}

StoreResult<UidSet> AccountImpl::search_as(std::string_view reader, MailboxId mailbox,
                                           const SearchQuery& query, std::stop_token stop,
                                           const FailureSink& failed) {
  if (asks_for_threads(query)) {
    if (auto complete = complete_keys(); !complete) return std::unexpected(complete.error());
  }
  return read([&](sqlite::Database& database) -> StoreResult<UidSet> {
    auto mailbox_row = require_mailbox(database, mailbox);
    if (!mailbox_row) return std::unexpected(mailbox_row.error());
    const UidSet searched = searched_uids(query);
    if (asks_for_uids_only(query)) return uids_of(database, *mailbox_row)->intersection(searched);
    TextIndex* const index = settings_->options.text_index ? &index_ : nullptr;
    const SearchMatcher matcher(query, *keywords_of(database, *mailbox_row), index);
    const ReaderSeen seen(database, mailbox, reader);
    SearchedMessage message(database, parsing());
    UidSet found;
    sqlite::Query rows = database.query(kSearchedRows);
    for (const UidSet::Range& range : searched.ranges()) {
      rows.bind(mailbox.value, range.first, range.last);
      while (!stop.stop_requested() && rows.step()) {
        if (!matcher.may_match(MessageId{rows.integer(1)})) continue;
        MessageRow row = read_message_row(rows);
        seen.apply(row.uid, row.flags, row.modseq);
        message.select(row);
        if (matches(matcher, message, failed)) found.add(row.uid);
      }
    }
    return found;
  });
}

}  // namespace mailkeep::store
