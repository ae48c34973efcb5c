// What SEARCH reads of a message beyond its row.
#include "mime/part_text.h"
#include "mime/text/decoders.h"
#include "store/account.h"
#include "store/search_matcher.h"

namespace mailkeep::store {

namespace {

constexpr const char* kSent = R"sql(SELECT sent_seconds, sent_zone FROM message WHERE id = ?1)sql";
constexpr const char* kSearchedStructure =
    R"sql(SELECT structure_version, structure FROM message WHERE id = ?1)sql";

constexpr const char* kSearchedThread =
    R"sql(SELECT thread_id FROM message_key WHERE message_id = ?1)sql";

constexpr std::uint64_t kReadBytes = 128 * 1024;
constexpr std::uint64_t kMaxPartHeaderBytes = 1 << 20;

}  // namespace

void SearchedMessage::select(const MessageRow& row) {
  row_ = &row;
  reader_.select(row.message, row.size);
  budget_.restart();
}

void SearchedMessage::read(std::uint64_t offset, std::uint64_t length) {
  budget_.check();
  octets_.clear();
  reader_.read(offset, length, octets_);
}

std::optional<std::int64_t> SearchedMessage::sent_day() {
  sqlite::Query query = database_.query(kSent, row_->message.value);
  if (!query.step() || query.is_null(0)) return std::nullopt;
  const std::int64_t seconds = query.integer(0) + query.integer(1) * 60;
  return seconds / 86'400 - (seconds % 86'400 < 0 ? 1 : 0);
}

ThreadId SearchedMessage::thread() {
  sqlite::Query query = database_.query(kSearchedThread, row_->message.value);
  return ThreadId{query.step() ? query.integer(0) : 0};
}

std::string_view SearchedMessage::head() {
  budget_.check();
  return reader_.head();
}

mime::Structure SearchedMessage::structure() {
  sqlite::Query query = database_.query(kSearchedStructure, row_->message.value);
  if (query.step() && query.integer(0) == mime::kParserVersion) {
    if (auto kept = mime::deserialize(query.blob(1))) return *std::move(kept);
  }
  StructureMaker structure(parsing_);
  for (std::uint64_t offset = 0; offset < row_->size; offset += octets_.size()) {
    read(offset, kReadBytes);
    structure.feed(octets_);
  }
  return structure.finish();
}

bool SearchedMessage::visit_texts(TextVisitor& visitor, bool with_header, Comparator comparator) {
  if (with_header && visitor.header(head())) return true;
  const mime::Structure structure = this->structure();
  for (const mime::Part& part : structure.parts) {
    if (part.parent != mime::kNoParent) {
      read(part.header_begin, std::min(part.body_begin - part.header_begin, kMaxPartHeaderBytes));
      if (visitor.header(octets_)) return true;
    }
    if (mime::is_searchable(part) && visit_part(part, visitor, comparator)) return true;
  }
  return false;
}

bool SearchedMessage::visit_part(const mime::Part& part, TextVisitor& visitor,
                                 Comparator comparator) {
  mime::TransferDecoder decoder(mime::transfer_encoding(part.encoding));
  TextFolder folder(mime::charset_of(part), comparator);
  folded_.clear();
  visitor.begin_text();
  std::uint64_t offset = part.body_begin;
  while (offset < part.body_end) {
    read(offset, std::min(part.body_end - offset, kReadBytes));
    offset += octets_.size();
    decoded_.clear();
    decoder.feed(octets_, decoded_);
    folder.feed(decoded_, folded_);
    if (visitor.text(folded_)) return true;
  }
  decoded_.clear();
  decoder.finish(decoded_);
  folder.feed(decoded_, folded_);
  folder.finish(folded_);
  return visitor.text(folded_);
}

bool SearchedMessage::text_holds(const Needle& needle) {
  if (needle.empty()) return true;
  class Finder final : public TextVisitor {
   public:
    explicit Finder(const Needle& wanted) : wanted_(wanted) {}
    bool header(std::string_view octets) override { return wanted_.is_in_header(octets); }
    void begin_text() override {}
    bool text(std::string& folded) override { return wanted_.is_in_stream(folded); }

   private:
    const Needle& wanted_;
  };
  Finder finder(needle);
  return visit_texts(finder, false, needle.comparator());
}

}  // namespace mailkeep::store
