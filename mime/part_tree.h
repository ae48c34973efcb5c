// Builds the part table while the message is read: which parts are open, where each begins and
// ends, and what it turns out to be. It sees lines as events; it never sees body octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/boundaries.h"
#include "mime/message_parser.h"
#include "mime/structure.h"
#include "mime/text/decoders.h"
#include "mime/value_keeper.h"

namespace mailkeep::mime {

// A place between two lines, or the end of the message.
struct LinePlace {
  std::uint64_t offset = 0;         // where the next line begins
  std::uint64_t lines = 0;          // line ends before it
  std::uint64_t line_end_size = 0;  // octets of the line end just before it: 0, 1 (LF) or 2 (CRLF)
};

class PartTree {
 public:
  explicit PartTree(const ParserLimits& limits);
  PartTree(const PartTree&) = delete;
  PartTree& operator=(const PartTree&) = delete;

  const OpenBoundaries& boundaries() const { return boundaries_; }

  // The header of the part opened last is complete and its body begins at `body`. Returns whether a
  // new header begins there: that of the message inside this part.
  [[nodiscard]] bool end_header(std::string_view header, const LinePlace& body);

  // What the reader found wrong with the header of the part opened last.
  void add_header_defect(DefectKind kind, std::uint64_t offset) {
    add_defect(kind, current(), offset);
  }

  // How the body of the part opened last is encoded; identity unless it is a leaf.
  TransferEncoding content_encoding() const;

  // What is wrong with that body.
  void add_content_defect(DefectKind kind, std::uint64_t offset) {
    add_defect(kind, current(), offset);
  }

  // A delimiter line begins at `line`; the next one begins at `next`. Returns whether a new header
  // begins there.
  [[nodiscard]] bool take_boundary(const OpenBoundaries::Match& match, const LinePlace& line,
                                   const LinePlace& next);

  // Takes back the part opened last, of which nothing was read yet, if it is one of a multipart.
  [[nodiscard]] bool drop_empty_part();

  // Ends every part at `end`.
  void finish(const LinePlace& end);

  // A defect of whichever part holds `offset`; the part is looked up by finish().
  void add_defect_at(DefectKind kind, std::uint64_t offset);

  // After finish().
  Structure take() { return std::move(structure_); }

 private:
  struct OpenPart {
    std::uint32_t index;
    std::uint64_t lines_before_body = 0;
    bool delimited = false;  // a multipart whose closing delimiter may still come
    bool digest = false;
  };

  std::uint32_t current() const { return open_.back().index; }
  void open_part(const LinePlace& place, bool with_envelope);
  void open_opaque_part(const LinePlace& place);
  bool become_multipart(std::optional<std::string> boundary, std::uint64_t offset);
  bool become_message(const LinePlace& body);
  void become_opaque(Part& part);
  void close_parts_from(std::size_t level, const LinePlace& place, bool at_boundary);
  void close_part(const OpenPart& open, const LinePlace& end);
  void add_defect(DefectKind kind, std::uint32_t part, std::uint64_t offset);
  std::uint32_t part_at(std::uint64_t offset) const;

  ParserLimits limits_;
  Structure structure_;
  ValueKeeper keeper_;
  OpenBoundaries boundaries_;
  std::vector<OpenPart> open_;
  bool with_envelope_ = true;  // of the part whose header is being read
  std::vector<std::size_t> unplaced_defects_;
};

}  // namespace mailkeep::mime
