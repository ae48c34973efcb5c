#include "protocol/imap/fetch/section_reader.h"

#include <algorithm>
#include <cstring>

#include "mime/header_reader.h"
#include "mime/text/ascii.h"

namespace mailkeep::imap {
namespace {

// Octets of the fields that clients ask for in most messages.
constexpr std::size_t kUsualFields = 1024;

// The message itself: its header ends where its body begins.
OctetRange locate_in_message(SectionText text, store::MessageCursor& cursor) {
  const std::uint64_t size = cursor.row().size;
  if (text == SectionText::all) return {0, size};
  const std::uint64_t body_begin = cursor.header().size();
  if (text == SectionText::text) return {body_begin, size};
  return {0, body_begin};
}

std::optional<OctetRange> locate_in_part(const Section& section, const mime::Structure& structure) {
  const auto index = mime::find_part(structure, section.part);
  if (!index) return std::nullopt;
  const mime::Part& part = structure.parts[*index];
  if (section.text == SectionText::all) return OctetRange{part.body_begin, part.body_end};
  if (section.text == SectionText::mime) return OctetRange{part.header_begin, part.body_begin};
  // HEADER and TEXT of a part are those of the message inside of it (RFC 9051 6.4.5.1).
  if (part.kind != mime::PartKind::message) return std::nullopt;
  const auto children = mime::children_of(structure, *index);
  if (children.empty()) return std::nullopt;
  const mime::Part& inner = structure.parts[children.front()];
  if (section.text == SectionText::text) return OctetRange{inner.body_begin, inner.body_end};
  return OctetRange{inner.header_begin, inner.body_begin};
}

}  // namespace

std::optional<OctetRange> locate_section(const Section& section, store::MessageCursor& cursor,
                                         const mime::Structure* structure) {
  if (section.part.empty()) return locate_in_message(section.text, cursor);
  if (!structure) return std::nullopt;
  return locate_in_part(section, *structure);
}

bool selects_fields(const Section& section) {
  return section.text == SectionText::header_fields ||
         section.text == SectionText::header_fields_not;
}

std::string filter_header(std::string_view header, const Section& section) {
  const bool wanted_when_named = section.text == SectionText::header_fields;
  std::string result;
  result.reserve(std::min(header.size() + 2, kUsualFields));
  mime::HeaderReader reader(header);
  while (const auto field = reader.next()) {
    const bool named = std::any_of(
        section.fields.begin(), section.fields.end(),
        [&](const std::string& name) { return mime::equal_ignoring_case(name, field->name); });
    if (named == wanted_when_named) result += field->raw;
  }
  result += "\r\n";
  return result;
}

OctetRange cut(const OctetRange& range, const std::optional<PartialRange>& partial) {
  if (!partial) return range;
  const std::uint64_t begin = std::min(range.end, range.begin + partial->offset);
  return {begin, std::min(range.end, begin + partial->octets)};
}

OctetRange overlap(const OctetRange& range, const OctetRange& other) {
  const std::uint64_t begin = std::clamp(other.begin, range.begin, range.end);
  return {begin, std::clamp(other.end, begin, range.end)};
}

void hide_nuls(std::string& text, std::size_t from) {
  char* position = text.data() + from;
  char* const end = text.data() + text.size();
  while (position < end) {
    void* const nul = std::memchr(position, 0, static_cast<std::size_t>(end - position));
    if (!nul) return;
    position = static_cast<char*>(nul);
    *position++ = '\x80';
  }
}

}  // namespace mailkeep::imap
