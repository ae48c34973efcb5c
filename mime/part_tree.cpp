#include "mime/part_tree.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "mime/content_type.h"
#include "mime/part_header.h"
#include "mime/text/ascii.h"
#include "mime/text/decoders.h"

namespace mailkeep::mime {

PartTree::PartTree(const ParserLimits& limits)
    : limits_(limits), keeper_(limits_, structure_.text) {
  open_part({}, true);
}

void PartTree::open_part(const LinePlace& place, bool with_envelope) {
  Part part;
  if (!open_.empty()) part.parent = current();
  part.header_begin = place.offset;
  part.body_begin = place.offset;
  open_.push_back({static_cast<std::uint32_t>(structure_.parts.size())});
  structure_.parts.push_back(std::move(part));
  with_envelope_ = with_envelope;
}

bool PartTree::end_header(std::string_view header, const LinePlace& body) {
  OpenPart& open = open_.back();
  Part& part = structure_.parts[open.index];
  part.body_begin = body.offset;
  open.lines_before_body = body.lines;

  const bool in_digest = open_.size() > 1 && open_[open_.size() - 2].digest;
  const auto default_type = in_digest ? DefaultType::message_rfc822 : DefaultType::text_plain;
  PartHeader result = interpret_header(header, default_type, with_envelope_, keeper_, part);
  for (const auto& [kind, offset] : result.defects) {
    add_defect(kind, open.index, part.header_begin + offset);
  }
  if (is_multipart(part.type)) return become_multipart(std::move(result.boundary), body.offset);
  if (is_message(part.type, part.subtype)) return become_message(body);
  return false;
}

bool PartTree::become_multipart(std::optional<std::string> boundary, std::uint64_t offset) {
  OpenPart& open = open_.back();
  Part& part = structure_.parts[open.index];
  if (transfer_encoding_named(part.encoding) != TransferEncoding::identity) {
    add_defect(DefectKind::transfer_encoding_on_composite, open.index, part.header_begin);
  }
  if (!boundary) {
    add_defect(DefectKind::missing_boundary_parameter, open.index, part.header_begin);
    part.type = "text";
    part.subtype = "plain";
  } else if (open_.size() >= limits_.depth) {
    add_defect(DefectKind::depth_limit, open.index, offset);
    become_opaque(part);
  } else if (structure_.parts.size() >= limits_.parts) {
    add_defect(DefectKind::part_limit, open.index, offset);
    become_opaque(part);
  } else {
    part.kind = PartKind::multipart;
    open.delimited = true;
    open.digest = equal_ignoring_case(part.subtype, "digest");
    boundaries_.open(std::move(*boundary), open_.size() - 1);
  }
  return false;
}

// RFC 2046 5.2.1 forbids any encoding of a message/rfc822. Where one is given nevertheless, the
// message inside cannot be seen, and a client gets at it by decoding the part like any attachment.
bool PartTree::become_message(const LinePlace& body) {
  OpenPart& open = open_.back();
  Part& part = structure_.parts[open.index];
  const TransferEncoding encoding = transfer_encoding_named(part.encoding);
  if (encoding == TransferEncoding::base64 || encoding == TransferEncoding::quoted_printable) {
    add_defect(DefectKind::transfer_encoding_on_composite, open.index, part.header_begin);
    become_opaque(part);
    return false;
  }
  if (open_.size() >= limits_.depth) {
    add_defect(DefectKind::depth_limit, open.index, body.offset);
    become_opaque(part);
    return false;
  }
  if (structure_.parts.size() + 1 >= limits_.parts) {
    add_defect(DefectKind::part_limit, open.index, body.offset);
    become_opaque(part);
    return false;
  }
  part.kind = PartKind::message;
  open_part(body, true);
  return true;
}

void PartTree::become_opaque(Part& part) {
  part.type = "application";
  part.subtype = "octet-stream";
}

TransferEncoding PartTree::content_encoding() const {
  const Part& part = structure_.parts[current()];
  return part.kind == PartKind::leaf ? transfer_encoding_named(part.encoding)
                                     : TransferEncoding::identity;
}

bool PartTree::take_boundary(const OpenBoundaries::Match& match, const LinePlace& line,
                             const LinePlace& next) {
  close_parts_from(match.level + 1, line, true);
  OpenPart& multipart = open_[match.level];
  if (match.closing) {
    multipart.delimited = false;
    boundaries_.close_from(match.level);
    return false;
  }
  if (structure_.parts.size() + 1 >= limits_.parts) {
    open_opaque_part(next);
    return false;
  }
  open_part(next, false);
  return true;
}

// The last part that the limit allows has everything that is left of the message, header lines and
// delimiters too.
void PartTree::open_opaque_part(const LinePlace& place) {
  boundaries_.close_from(0);
  for (OpenPart& open : open_) open.delimited = false;
  open_part(place, false);
  Part& part = structure_.parts.back();
  become_opaque(part);
  part.encoding = "binary";
  open_.back().lines_before_body = place.lines;
  add_defect(DefectKind::part_limit, current(), place.offset);
}

void PartTree::close_parts_from(std::size_t level, const LinePlace& place, bool at_boundary) {
  LinePlace end = place;
  if (at_boundary) {
    // The line end before a delimiter belongs to it, unless it ends the header of the innermost
    // part.
    const std::uint64_t body_begin = structure_.parts[current()].body_begin;
    const std::uint64_t without_line_end = place.offset - place.line_end_size;
    if (level < open_.size() && without_line_end >= body_begin && place.line_end_size > 0) {
      end.offset = without_line_end;
      end.lines -= 1;
    }
  }
  while (open_.size() > level) {
    close_part(open_.back(), end);
    open_.pop_back();
  }
  boundaries_.close_from(level);
}

void PartTree::close_part(const OpenPart& open, const LinePlace& end) {
  Part& part = structure_.parts[open.index];
  part.body_end = end.offset;
  part.body_lines = end.lines - open.lines_before_body;
  // All parts behind an open one are inside it.
  const bool has_child = structure_.parts.size() > open.index + 1;
  if (part.kind == PartKind::multipart && !has_child) {
    add_defect(DefectKind::boundary_never_found, open.index, part.body_begin);
    part.kind = PartKind::leaf;
    part.type = "text";
    part.subtype = "plain";
  } else if (open.delimited) {
    add_defect(DefectKind::missing_closing_boundary, open.index, end.offset);
  }
}

bool PartTree::drop_empty_part() {
  const Part& last = structure_.parts.back();
  if (last.parent == kNoParent) return false;
  if (structure_.parts[last.parent].kind != PartKind::multipart) return false;
  structure_.parts.pop_back();
  open_.pop_back();
  return true;
}

void PartTree::finish(const LinePlace& end) {
  close_parts_from(0, end, false);
  structure_.size = end.offset;
  for (const std::size_t defect : unplaced_defects_) {
    structure_.defects[defect].part = part_at(structure_.defects[defect].offset);
  }
  if (keeper_.exhausted()) add_defect(DefectKind::header_limit, 0, 0);
  std::sort(structure_.defects.begin(), structure_.defects.end(),
            [](const Defect& a, const Defect& b) {
              return std::tie(a.offset, a.part, a.kind) < std::tie(b.offset, b.part, b.kind);
            });
}

void PartTree::add_defect(DefectKind kind, std::uint32_t part, std::uint64_t offset) {
  if (structure_.defects.size() < limits_.defects)
    structure_.defects.push_back({kind, part, offset});
}

void PartTree::add_defect_at(DefectKind kind, std::uint64_t offset) {
  if (structure_.defects.size() >= limits_.defects) return;
  unplaced_defects_.push_back(structure_.defects.size());
  structure_.defects.push_back({kind, 0, offset});
}

// Parts stand in message order, so the innermost one is the last that begins before the offset and
// has not ended.
std::uint32_t PartTree::part_at(std::uint64_t offset) const {
  for (std::size_t i = structure_.parts.size(); i-- > 0;) {
    const Part& part = structure_.parts[i];
    if (part.header_begin <= offset && offset < part.body_end) return static_cast<std::uint32_t>(i);
  }
  return 0;
}

}  // namespace mailkeep::mime
