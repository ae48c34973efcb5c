#include "protocol/imap/fetch/message_renderer.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>

#include "protocol/imap/fetch/structure_encoder.h"

namespace mailkeep::imap {
namespace {

// "BODY[1.2.HEADER.FIELDS (A B)]<0>", as the client is to recognise it.
void write_section_name(Encoder& out, const BodyItem& item) {
  if (!item.name.empty()) {
    out.raw(item.name);
    return;
  }
  out.raw("BODY[");
  const Section& section = item.section;
  bool first = true;
  for (const std::uint32_t number : section.part) {
    if (!first) out.raw(".");
    first = false;
    out.number(number);
  }
  static constexpr std::string_view kWords[] = {
      "", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"};
  if (section.text != SectionText::all) {
    if (!first) out.raw(".");
    out.raw(kWords[static_cast<std::size_t>(section.text)]);
  }
  if (selects_fields(section)) {
    out.raw(" (");
    for (std::size_t i = 0; i < section.fields.size(); ++i) {
      if (i != 0) out.sp();
      out.astring(section.fields[i]);
    }
    out.raw(")");
  }
  out.raw("]");
  if (item.partial) out.raw("<").number(item.partial->offset).raw(">");
}

}  // namespace

store::Detail MessageRenderer::detail() const {
  if (items_.needs_structure()) return store::Detail::structure;
  return items_.needs_header() ? store::Detail::header : store::Detail::row;
}

void MessageRenderer::separate(Encoder& out) {
  if (!first_item_) out.sp();
  first_item_ = false;
}

void MessageRenderer::write_row_items(Encoder& out, const store::MessageRow& row, bool with_flags) {
  if (items_.uid) {
    separate(out);
    out.raw("UID ").number(row.uid.value);
  }
  if (items_.flags || with_flags) {
    separate(out);
    out.raw("FLAGS ").flag_list(row.flags, view_.keywords(), view_.is_recent(row.uid));
  }
  if (items_.internal_date) {
    separate(out);
    out.raw("INTERNALDATE ").date_time(row.internal_date);
  }
  if (items_.size) {
    separate(out);
    out.raw("RFC822.SIZE ").number(row.size);
  }
  if (items_.modseq) {
    separate(out);
    out.raw("MODSEQ (").number(row.modseq.value).raw(")");
  }
}

void MessageRenderer::write_structure_items(Encoder& out, const mime::Structure& structure) {
  static const mime::Envelope kNothing;
  if (items_.envelope) {
    separate(out);
    out.raw("ENVELOPE ");
    const auto& envelope = structure.root().envelope;
    write_envelope(out, envelope ? *envelope : kNothing);
  }
  if (items_.body) {
    separate(out);
    out.raw("BODY ");
    write_body_structure(out, structure, false);
  }
  if (items_.body_structure) {
    separate(out);
    out.raw("BODYSTRUCTURE ");
    write_body_structure(out, structure, true);
  }
}

void MessageRenderer::write_body(const BodyItem& item, store::MessageCursor& cursor,
                                 const mime::Structure* structure, std::string& out,
                                 std::vector<LargeLiteral>& large) {
  Encoder encoder(out);
  separate(encoder);
  write_section_name(encoder, item);
  encoder.sp();
  const auto located = locate_section(item.section, cursor, structure);
  if (!located) {
    encoder.raw("NIL");
    return;
  }
  if (selects_fields(item.section)) {
    scratch_.clear();
    std::string_view header;
    if (item.section.part.empty()) {
      header = cursor.header();
    } else {
      cursor.read(located->begin, located->size(), scratch_);
      header = scratch_;
    }
    const std::string fields = filter_header(header, item.section);
    const OctetRange range = cut({0, fields.size()}, item.partial);
    encoder.literal(std::string_view(fields).substr(range.begin, range.size()));
    return;
  }
  const OctetRange range = cut(*located, item.partial);
  encoder.literal_header(range.size());
  if (range.size() > kInlineOctets) {
    large.push_back({std::move(out), range});
    out.clear();
    return;
  }
  const std::size_t from = out.size();
  cursor.read(range.begin, range.size(), out);
  if (out.size() - from != range.size()) throw std::runtime_error("content is not all there");
  hide_nuls(out, from);
}

void MessageRenderer::write_last_resort(Encoder& out, const store::MessageRow& row) {
  if (items_.envelope) {
    separate(out);
    out.raw("ENVELOPE ");
    write_envelope(out, {});
  }
  for (const bool extended : {false, true}) {
    if (!(extended ? items_.body_structure : items_.body)) continue;
    separate(out);
    out.raw(extended ? "BODYSTRUCTURE " : "BODY ");
    write_opaque_body_structure(out, row.size, extended);
  }
  for (const BodyItem& item : items_.bodies) {
    separate(out);
    write_section_name(out, item);
    out.raw(" NIL");
  }
}

void MessageRenderer::render(store::MessageCursor& cursor, bool with_flags, std::string& out,
                             std::vector<LargeLiteral>& large) {
  const store::MessageRow& row = cursor.row();
  const std::uint32_t sequence = view_.uids().sequence_of(row.uid);
  if (sequence == 0) return;
  const std::size_t start = out.size();
  const auto begin = [&] {
    Encoder encoder(out);
    encoder.raw("* ").number(sequence).raw(" FETCH (");
    first_item_ = true;
    write_row_items(encoder, row, with_flags);
  };
  begin();
  try {
    std::optional<mime::Structure> structure;
    if (items_.needs_structure()) {
      auto parsed = mime::deserialize(cursor.structure());
      if (!parsed) throw std::runtime_error("the kept structure is damaged");
      structure = std::move(*parsed);
      Encoder encoder(out);
      write_structure_items(encoder, *structure);
    }
    for (const BodyItem& item : items_.bodies) {
      write_body(item, cursor, structure ? &*structure : nullptr, out, large);
    }
  } catch (const std::exception& error) {
    failed_(row.uid, error.what());
    if (!large.empty()) out = std::move(large.front().text);
    large.clear();
    out.resize(start);
    begin();
    Encoder encoder(out);
    write_last_resort(encoder, row);
  }
  out += ")\r\n";
}

}  // namespace mailkeep::imap
