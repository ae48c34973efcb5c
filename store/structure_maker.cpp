#include "store/structure_maker.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "mime/date_time.h"
#include "mime/message_parser.h"

namespace mailkeep::store {

namespace {

// Octets between two looks at the clock.
constexpr std::size_t kPieceBytes = 256 * 1024;

class MimeParser final : public StructureParser {
 public:
  void feed(std::string_view octets) override { parser_.feed(octets); }
  mime::Structure finish() override { return parser_.finish(); }

 private:
  mime::MessageParser parser_;
};

StructureRecord make_record(const mime::Structure& structure) {
  StructureRecord record;
  record.serialized = mime::serialize(structure);
  record.header_size = structure.root().body_begin;
  record.defects = mime::DefectKinds(structure.defects);
  const auto& envelope = structure.root().envelope;
  if (envelope && envelope->date) {
    if (auto date = mime::parse_date(*envelope->date)) {
      record.sent = SentDate{date->seconds, date->zone_minutes};
    }
  }
  return record;
}

}  // namespace

void StructureMaker::HeaderCounter::feed(std::string_view octets) {
  std::size_t next = 0;
  while (next < octets.size() && at_ != At::body) {
    const char octet = octets[next];
    if (at_ == At::line) {
      const std::size_t line_feed = octets.find('\n', next);
      if (line_feed == std::string_view::npos) {
        next = octets.size();
        break;
      }
      next = line_feed;
      at_ = At::line_start;
    } else if (octet == '\n') {
      at_ = At::body;
    } else {
      at_ = octet == '\r' && at_ == At::line_start ? At::line_start_cr : At::line;
    }
    ++next;
  }
  octets_ += next;
}

StructureMaker::StructureMaker(const Parsing& parsing) : budget_(parsing.budget) {
  attempt([&] {
    parser_ = parsing.make_parser ? parsing.make_parser() : std::make_unique<MimeParser>();
  });
}

StructureMaker::~StructureMaker() = default;

template <class Work>
void StructureMaker::attempt(Work work) {
  if (failure_) return;
  const auto start = processor_time();
  try {
    work();
  } catch (const std::exception&) {
    failure_ = mime::DefectKind::handling_failed;
  }
  used_ += processor_time() - start;
  if (!failure_ && used_ > budget_) failure_ = mime::DefectKind::time_limit;
  if (failure_) parser_.reset();
}

void StructureMaker::feed(std::string_view octets) {
  size_ += octets.size();
  header_.feed(octets);
  for (; !octets.empty() && !failure_; octets.remove_prefix(std::min(octets.size(), kPieceBytes))) {
    attempt([&] { parser_->feed(octets.substr(0, kPieceBytes)); });
  }
}

mime::Structure StructureMaker::finish() {
  mime::Structure structure;
  attempt([&] { structure = parser_->finish(); });
  if (failure_) return mime::opaque_structure(size_, header_.octets(), *failure_);
  return structure;
}

StructureRecord StructureMaker::record_of(mime::Structure& structure, const Parsing& parsing) {
  try {
    return parsing.make_record ? parsing.make_record(structure) : make_record(structure);
  } catch (const std::exception&) {
    structure = mime::opaque_structure(structure.size, structure.root().body_begin,
                                       mime::DefectKind::handling_failed);
    return make_record(structure);
  }
}

MessageKeys StructureMaker::keys_of(const mime::Structure& structure, std::string_view head,
                                    const Parsing& parsing, Comparator comparator) {
  try {
    const bool is_kept = comparator == Comparator::unicode_casemap;
    return is_kept && parsing.make_keys ? parsing.make_keys(structure, head)
                                        : make_message_keys(structure, head, comparator);
  } catch (const std::exception&) {
    return make_message_keys(
        mime::opaque_structure(structure.size, head.size(), mime::DefectKind::handling_failed), {});
  }
}

}  // namespace mailkeep::store
