// FETCH: messages of one mailbox out of one read transaction.
#include "mime/preview.h"
#include "store/account_impl.h"
#include "store/message_reader.h"

namespace mailkeep::store {

namespace {

constexpr const char* kMailbox = R"sql(SELECT 1 FROM mailbox WHERE id = ?1 AND selectable <> 0)sql";

constexpr const char* kFlags = R"sql(
SELECT uid, flags, modseq FROM mailbox_message
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid)sql";

constexpr const char* kRows = R"sql(
SELECT uid, message_id, flags, modseq, size, internal_date, zone, save_date FROM mailbox_message
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid)sql";

constexpr const char* kRowsWithStructure = R"sql(
SELECT uid, message_id, flags, modseq, mailbox_message.size, internal_date, zone, save_date,
       structure_version, structure
FROM mailbox_message LEFT JOIN message ON message.id = message_id
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid)sql";

constexpr const char* kRowsWithHeader = R"sql(
SELECT uid, mailbox_message.message_id, flags, modseq, mailbox_message.size, internal_date, zone,
       save_date, header.size, header.data
FROM mailbox_message LEFT JOIN header ON header.message_id = mailbox_message.message_id
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid)sql";

constexpr const char* kStructure =
    R"sql(SELECT structure_version, structure FROM message WHERE id = ?1)sql";

constexpr const char* kThreadOfRow =
    R"sql(SELECT thread_id FROM message_key WHERE message_id = ?1)sql";

constexpr const char* kPreview = R"sql(SELECT version, text FROM preview WHERE message_id = ?1)sql";

const char* rows_statement(Detail detail) {
  switch (detail) {
    case Detail::flags:
      return kFlags;
    case Detail::row:
      return kRows;
    case Detail::structure:
      return kRowsWithStructure;
    case Detail::header:
      return kRowsWithHeader;
  }
  return kRows;
}

class SqliteCursor final : public MessageCursor {
 public:
  SqliteCursor(std::shared_ptr<AccountImpl> account, AccountFile::Lease reader, MailboxId mailbox,
               const UidSet& uids, Detail detail)
      : account_(std::move(account)),
        reader_(std::move(reader)),
        transaction_(*reader_, sqlite::Transaction::Kind::read),
        octets_(*reader_),
        query_((*reader_).query(rows_statement(detail))),
        mailbox_(mailbox),
        ranges_(uids.ranges()),
        detail_(detail) {}

  bool mailbox_exists() { return (*reader_).query(kMailbox, mailbox_.value).step(); }

  bool next() override {
    while (!running_ || !query_.step()) {
      if (next_range_ == ranges_.size()) {
        running_ = false;
        return false;
      }
      const UidSet::Range& range = ranges_[next_range_++];
      query_.bind(mailbox_.value, range.first, range.last);
      running_ = true;
    }
    structure_known_ = false;
    if (detail_ == Detail::flags) {
      row_.uid.value = static_cast<std::uint32_t>(query_.integer(0));
      row_.flags = static_cast<FlagBits>(query_.integer(1));
      row_.modseq.value = static_cast<std::uint64_t>(query_.integer(2));
      return true;
    }
    row_ = read_message_row(query_);
    octets_.select(row_.message, row_.size);
    if (detail_ == Detail::header && !query_.is_null(9)) {
      octets_.provide_head(static_cast<std::uint64_t>(query_.integer(8)), query_.blob(9));
    }
    return true;
  }

  const MessageRow& row() const override { return row_; }

  std::string_view structure() override {
    if (structure_known_) return structure_;
    if (detail_ == Detail::structure) {
      take_structure(query_, 8);
    } else {
      structure_query_.emplace((*reader_).query(kStructure, row_.message.value));
      if (structure_query_->step()) {
        take_structure(*structure_query_, 0);
      } else {
        parse_again();
      }
    }
    structure_known_ = true;
    return structure_;
  }

  std::string_view header() override { return octets_.header(); }

  ThreadId thread() override {
    sqlite::Query query = (*reader_).query(kThreadOfRow, row_.message.value);
    return query.step() ? ThreadId{query.integer(0)} : account_->thread_of(row_.message);
  }

  std::string preview() override {
    {
      sqlite::Query kept = (*reader_).query(kPreview, row_.message.value);
      if (kept.step() && kept.integer(0) == kPreviewState) return std::string(kept.text(1));
    }
    const auto structure = mime::deserialize(this->structure());
    if (!structure) return {};
    std::string text =
        mime::preview(*structure, [this](std::uint64_t offset, std::uint64_t length,
                                         std::string& out) { octets_.read(offset, length, out); });
    account_->keep_preview(row_.message, text);
    return text;
  }

  void read(std::uint64_t offset, std::uint64_t length, std::string& out) override {
    octets_.read(offset, length, out);
  }

 private:
  // The version and the structure stand in columns `column` and `column` + 1.
  void take_structure(const sqlite::Query& query, int column) {
    if (!query.is_null(column) && query.integer(column) == mime::kParserVersion) {
      structure_ = query.blob(column + 1);
    } else {
      parse_again();
    }
  }

  void parse_again() {
    StructureMaker structure(account_->parsing());
    std::string octets;
    for (std::uint64_t offset = 0; offset < row_.size; offset += octets.size()) {
      octets.clear();
      octets_.read(offset, kContentFrameBytes, octets);
      structure.feed(octets);
    }
    mime::Structure made = structure.finish();
    StructureRecord record = StructureMaker::record_of(made, account_->parsing());
    parsed_again_ = record.serialized;
    structure_ = parsed_again_;
    account_->keep_structure(row_.message, std::move(record));
  }

  // In this order: queries end before the transaction, and it before the connection is given back.
  std::shared_ptr<AccountImpl> account_;
  AccountFile::Lease reader_;
  sqlite::Transaction transaction_;
  MessageReader octets_;
  sqlite::Query query_;
  std::optional<sqlite::Query> structure_query_;

  const MailboxId mailbox_;
  const std::vector<UidSet::Range> ranges_;
  const Detail detail_;
  std::size_t next_range_ = 0;
  bool running_ = false;

  MessageRow row_;
  bool structure_known_ = false;
  std::string_view structure_;
  std::string parsed_again_;
};

}  // namespace

StoreResult<std::unique_ptr<MessageCursor>> AccountImpl::messages(MailboxId mailbox,
                                                                  const UidSet& uids,
                                                                  Detail detail) {
  return guarded([&]() -> StoreResult<std::unique_ptr<MessageCursor>> {
    auto cursor =
        std::make_unique<SqliteCursor>(shared_from_this(), file_.reader(), mailbox, uids, detail);
    if (!cursor->mailbox_exists()) return std::unexpected(StoreError::no_such_mailbox);
    return cursor;
  });
}

}  // namespace mailkeep::store
