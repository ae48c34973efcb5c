// REPLACE (RFC 8508): a new message in the place of one that goes.
#include "store/account_impl.h"
#include "store/message_change.h"
#include "store/message_insert.h"

namespace mailkeep::store {

StoreResult<AppendResult> AccountImpl::replace(MailboxId mailbox, Uid uid,
                                               std::string_view destination, NewMessage message) {
  return replace_as({}, mailbox, uid, destination, std::move(message));
}

StoreResult<AppendResult> AccountImpl::replace_as(std::string_view reader, MailboxId mailbox,
                                                  Uid uid, std::string_view destination,
                                                  NewMessage message) {
  if (message.upload.size() > settings_->options.max_message_bytes) {
    return std::unexpected(StoreError::message_too_big);
  }
  message.upload.state().finish();
  const std::uint64_t bytes = message.upload.state().message.kept_bytes();
  std::vector<NewMessage> messages;
  messages.push_back(std::move(message));
  return write(sqlite::Durability::disk, bytes,
               [&](WriteContext& context) -> StoreResult<AppendResult> {
                 sqlite::Database& database = context.database;
                 auto source = require_mailbox(database, mailbox);
                 if (!source) return std::unexpected(source.error());
                 const std::vector<StoredRow> rows =
                     load_rows(database, mailbox, UidSet(UidSet::Range{uid.value, uid.value}));
                 if (rows.empty()) return std::unexpected(StoreError::message_gone);
                 // First out, so that an account at its quota can replace a message by a smaller
                 // one.
                 remove_rows(database, *source, rows, take_modseq(*source));
                 release_rows(database, source->id, rows);
                 save_mailbox(database, *source);
                 context.touched.push_back({source->id, source->highest_modseq});
                 return append_to(context, destination, messages, reader);
               });
}

}  // namespace mailkeep::store
