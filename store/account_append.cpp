// APPEND and delivery: new messages.
#include "store/account_impl.h"
#include "store/message_change.h"
#include "store/message_insert.h"
#include "store/origin_row.h"
#include "store/quota_check.h"
#include "store/reader_seen.h"

namespace mailkeep::store {

namespace {

// Message ids are never used again while anything may remember them: purge leaves the newest.
constexpr const char* kLastAppended = R"sql(SELECT ifnull(max(id), 0) FROM message)sql";

constexpr const char* kInsertMessage = R"sql(
INSERT INTO message (id, size, sent_seconds, sent_zone, hash, structure_version, structure)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql";

constexpr const char* kInsertHeader =
    R"sql(INSERT INTO header (message_id, size, data) VALUES (?1, ?2, ?3))sql";

constexpr const char* kInsertContent =
    R"sql(INSERT INTO content (id, codec, data) VALUES (?1, ?2, ?3))sql";

void insert_frame(sqlite::Database& database, MessageId id, std::size_t frame, FrameCodec codec,
                  std::string_view kept) {
  database.run(kInsertContent, id.value * 65536 + static_cast<std::int64_t>(frame),
               static_cast<std::int64_t>(codec), sqlite::Blob{kept});
}

void insert_message(sqlite::Database& database, MessageId id, const MessageUpload::State& upload) {
  const FinishedMessage& message = upload.message;
  const StructureRecord& structure = message.structure;
  constexpr std::int64_t kVersion = mime::kParserVersion;
  if (structure.sent) {
    database.run(kInsertMessage, id.value, message.size, structure.sent->seconds,
                 structure.sent->zone_minutes, sqlite::Blob{message.hash}, kVersion,
                 sqlite::Blob{structure.serialized});
  } else {
    database.run(kInsertMessage, id.value, message.size, sqlite::Null{}, sqlite::Null{},
                 sqlite::Blob{message.hash}, kVersion, sqlite::Blob{structure.serialized});
  }
  database.run(kInsertHeader, id.value, structure.header_size, sqlite::Blob{message.head});
  std::optional<std::pair<std::int64_t, std::int32_t>> sent;
  if (structure.sent) sent.emplace(structure.sent->seconds, structure.sent->zone_minutes);
  insert_message_keys(database, id, message.keys, sent);
  std::size_t frame = 0;
  std::string kept;
  for (const FinishedMessage::Frame& spooled : message.spooled) {
    upload.spool->read(spooled.offset, spooled.length, kept);
    insert_frame(database, id, frame++, spooled.codec, kept);
  }
  if (!message.last_frame.empty()) {
    insert_frame(database, id, frame, message.last_codec, message.last_frame);
  }
}

bool is_too_much(sqlite::Database& database, const std::vector<NewMessage>& messages) {
  QuotaUsage more{.bytes = 0, .messages = messages.size(), .mailboxes = 0};
  for (const NewMessage& message : messages) more.bytes += message.upload.size();
  return is_over_quota(database, more);
}

// What append knows of where messages come from.
class OriginState {
 public:
  OriginState(sqlite::Database& database, const MailboxRow& row)
      : database_(database), mailbox_(row.id), has_missing_(has_missing(database, row.id)) {
    if (auto origin = load_origin(database, row.id)) origin_ = *std::move(origin);
    keeps_uids_ = origin_.uid_validity == row.uid_validity;
  }

  // Whether the message has been taken before; else it is counted as taken.
  bool has(Uid uid) {
    const bool missing = has_missing_ && is_missing(database_, mailbox_, uid);
    if (missing) forget_missing(database_, mailbox_, UidSet({uid.value, uid.value}));
    if (uid < origin_.uid_next) return !missing;
    origin_.uid_next.value = uid.value + (uid.value < 0xffffffffU ? 1 : 0);
    return false;
  }
  bool can_keep(Uid uid, const MailboxRow& row) const {
    return keeps_uids_ && uid.value >= row.uid_next && uid.value <= kMaxKeptUid;
  }
  // Whether the UID here does not say by itself which message there it is.
  bool must_note(Uid origin_uid, Uid uid) const {
    return uid != origin_uid || (origin_.own_from != Uid{} && uid >= origin_.own_from);
  }
  void save() const {
    if (!origin_.source.empty()) save_origin(database_, mailbox_, origin_);
  }

 private:
  sqlite::Database& database_;
  const MailboxId mailbox_;
  const bool has_missing_;
  MailboxOrigin origin_;
  bool keeps_uids_ = false;
};

// The next UID is that of the message's origin, where it can be; `origin` is loaded when it is
// first needed. False: the message was taken before.
bool make_way(sqlite::Database& database, MailboxRow& row, std::optional<OriginState>& origin,
              Uid origin_uid) {
  if (origin_uid == Uid{0}) return true;
  if (!origin) origin.emplace(database, row);
  if (origin->has(origin_uid)) return false;
  if (origin->can_keep(origin_uid, row)) row.uid_next = origin_uid.value;
  return true;
}

// What a message from elsewhere is known by there.
void note_ids(sqlite::Database& database, const MailboxRow& row,
              const std::optional<OriginState>& origin, const NewMessage& message, Uid uid) {
  const Uid origin_uid = message.origin_uid;
  if (origin_uid != Uid{0} && origin->must_note(origin_uid, uid)) {
    note_moved_uid(database, row.id, origin_uid, uid);
  }
  if (!message.pop3_id.empty()) keep_pop3_id(database, row, uid, message.pop3_id);
}

std::uint64_t message_id_of(NewMessage& message) {
  return message.upload.state().message.keys.message_id;
}

// Leaves out what was delivered before, where that is asked for.
void drop_delivered(sqlite::Database& database, std::vector<NewMessage>& messages,
                    std::int64_t now) {
  std::erase_if(messages, [&](NewMessage& message) {
    return message.once && was_delivered(database, message_id_of(message), *message.once, now);
  });
}

constexpr std::uint64_t kUidEnd = std::uint64_t{1} << 32;

}  // namespace

StoreResult<AppendResult> append_to(WriteContext& context, std::string_view mailbox,
                                    std::vector<NewMessage>& messages, std::string_view reader) {
  sqlite::Database& database = context.database;
  auto row = require_mailbox(database, mailbox);
  if (!row) return std::unexpected(row.error());
  const std::int64_t now = current_time();
  drop_delivered(database, messages, now);
  if (row->uid_next + messages.size() > kUidEnd) return std::unexpected(StoreError::uids_exhausted);
  if (is_too_much(database, messages)) return std::unexpected(StoreError::over_quota);

  AppendResult result{
      .mailbox = row->id, .uid_validity = row->uid_validity, .uids = {}, .defective = {}};
  if (messages.empty()) return result;
  sqlite::Query last = database.query(kLastAppended);
  last.step();
  MessageId id{last.integer(0)};
  last.reset();
  const Modseq modseq = take_modseq(*row);
  UidSet seen;  // by the reader
  std::optional<OriginState> origin;
  if (messages.front().origin_uid == Uid{0}) leave_room(database, *row);
  for (NewMessage& message : messages) {
    if (!make_way(database, *row, origin, message.origin_uid)) continue;
    if (row->uid_next >= kUidEnd) return std::unexpected(StoreError::uids_exhausted);
    auto flags = resolve_flags(database, *row, message.flags, true);
    if (!flags) return std::unexpected(flags.error());
    const bool is_seen = !reader.empty() && (*flags & flag::seen) != 0;
    if (is_seen) *flags &= ~flag::seen;
    ++id.value;
    insert_message(database, id, message.upload.state());
    StoredRow stored{.uid = 0,
                     .message = id,
                     .flags = *flags,
                     .modseq = modseq.value,
                     .size = message.upload.size(),
                     .internal_date = message.internal_date};
    const Uid uid = insert_row(database, *row, stored, modseq, now);
    note_ids(database, *row, origin, message, uid);
    if (message.once) note_delivered(database, message_id_of(message), *message.once, now);
    result.uids.add(uid);
    if (is_seen) seen.add(uid);
    const mime::DefectKinds defects = message.upload.state().message.structure.defects;
    if (!defects.empty()) result.defective.emplace_back(uid, defects);
  }
  if (!seen.empty()) ReaderSeen(database, row->id, reader).change(database, seen, {}, modseq);
  if (origin) origin->save();
  save_mailbox(database, *row);
  context.touched.push_back({row->id, row->highest_modseq});
  return result;
}

StoreResult<AppendResult> AccountImpl::append(std::string_view mailbox,
                                              std::vector<NewMessage> messages) {
  return append_as({}, mailbox, std::move(messages));
}

StoreResult<std::uint64_t> AccountImpl::finish_uploads(std::vector<NewMessage>& messages) const {
  std::uint64_t bytes = 0;
  for (NewMessage& message : messages) {
    if (message.upload.size() > settings_->options.max_message_bytes) {
      return std::unexpected(StoreError::message_too_big);
    }
    message.upload.state().finish();
    bytes += message.upload.state().message.kept_bytes();
  }
  return bytes;
}

StoreResult<AppendResult> AccountImpl::append_as(std::string_view reader, std::string_view mailbox,
                                                 std::vector<NewMessage> messages) {
  const auto bytes = finish_uploads(messages);
  if (!bytes) return std::unexpected(bytes.error());
  return write(sqlite::Durability::disk, *bytes, [&](WriteContext& context) {
    return append_to(context, mailbox, messages, reader);
  });
}

StoreResult<AppendResult> AccountImpl::take(std::string_view mailbox,
                                            std::vector<NewMessage> messages,
                                            const UidSet& refused) {
  const auto bytes = finish_uploads(messages);
  if (!bytes) return std::unexpected(bytes.error());
  return write(sqlite::Durability::disk, *bytes, [&](WriteContext& context) {
    auto result = append_to(context, mailbox, messages, {});
    if (result) note_missing(context.database, result->mailbox, refused, true);
    return result;
  });
}

}  // namespace mailkeep::store
