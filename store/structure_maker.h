// Takes a message apart whatever happens: where the parser throws or takes too long, the message
// gets the structure of an opaque one (mime::opaque_structure), so that it costs nobody more than
// its own structure. Used by one thread at a time, for one message.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mime/preview.h"
#include "mime/structure.h"
#include "store/message_keys.h"
#include "store/time_budget.h"

namespace mailkeep::store {

// What takes messages apart: mime::MessageParser. Tests put in what fails.
class StructureParser {
 public:
  virtual ~StructureParser() = default;
  virtual void feed(std::string_view octets) = 0;
  virtual mime::Structure finish() = 0;
};

// When a message says that it was sent; its Date field.
struct SentDate {
  std::int64_t seconds;
  std::int32_t zone_minutes;
};

// What kept previews were made by: they depend on the structure too.
inline constexpr std::int64_t kPreviewState = mime::kParserVersion * 1000 + mime::kPreviewVersion;

// A structure as it is kept, and those of its values that are columns of their own.
struct StructureRecord {
  std::string serialized;
  std::uint64_t header_size = 0;
  std::optional<SentDate> sent;
  mime::DefectKinds defects;
};

// How messages are handled. What is empty is as it should be; tests put in what fails.
struct Parsing {
  std::function<std::unique_ptr<StructureParser>()> make_parser;
  std::function<StructureRecord(const mime::Structure&)> make_record;
  std::function<MessageKeys(const mime::Structure&, std::string_view head)> make_keys;
  std::chrono::nanoseconds budget = kMessageBudget;  // for one message, each time it is handled
};

class StructureMaker {
 public:
  explicit StructureMaker(const Parsing& parsing = {});
  ~StructureMaker();
  StructureMaker(const StructureMaker&) = delete;
  StructureMaker& operator=(const StructureMaker&) = delete;

  // The next octets of the message. Nothing of this class throws.
  void feed(std::string_view octets);

  // The end; once.
  mime::Structure finish();

  // How a structure of finish() is kept. One that cannot be is replaced by an opaque one.
  static StructureRecord record_of(mime::Structure& structure, const Parsing& parsing);
  // Keys for sorting and threading; those of an opaque message where making them throws.
  static MessageKeys keys_of(const mime::Structure& structure, std::string_view head,
                             const Parsing& parsing,
                             Comparator comparator = Comparator::unicode_casemap);

 private:
  // Counts the octets of the header, which no parser is needed for.
  class HeaderCounter {
   public:
    void feed(std::string_view octets);
    std::uint64_t octets() const { return octets_; }

   private:
    enum class At : std::uint8_t { line_start, line_start_cr, line, body };
    At at_ = At::line_start;
    std::uint64_t octets_ = 0;
  };

  // Runs `work` unless something went wrong before; notes if it does now.
  template <class Work>
  void attempt(Work work);

  std::chrono::nanoseconds budget_;
  std::chrono::nanoseconds used_{0};
  std::unique_ptr<StructureParser> parser_;
  std::optional<mime::DefectKind> failure_;
  HeaderCounter header_;
  std::uint64_t size_ = 0;
};

}  // namespace mailkeep::store
