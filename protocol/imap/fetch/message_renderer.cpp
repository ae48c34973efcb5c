#include "protocol/imap/fetch/message_renderer.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>

#include "protocol/imap/fetch/decoded_octets.h"
#include "protocol/imap/fetch/structure_encoder.h"
#include "store/object_id.h"

namespace mailkeep::imap {
namespace {

// "BODY[1.2.HEADER.FIELDS (A B)]<0>", as the client is to recognise it.
void write_section_name(Encoder& out, const BodyItem& item) {
  if (!item.name.empty()) {
    out.raw(item.name);
    return;
  }
  static constexpr std::string_view kForms[] = {"BODY[", "BINARY[", "BINARY.SIZE["};
  out.raw(kForms[static_cast<std::size_t>(item.form)]);
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

// What a section's octets are encoded with; only parts without parts of their own are (RFC
// 2045 6.4).
mime::TransferEncoding encoding_of(const Section& section, const mime::Structure* structure) {
  if (section.part.empty() || !structure) return mime::TransferEncoding::identity;
  const auto part = mime::find_part(*structure, section.part);
  if (!part || structure->parts[*part].kind != mime::PartKind::leaf) {
    return mime::TransferEncoding::identity;
  }
  return mime::transfer_encoding_named(structure->parts[*part].encoding);
}

// Few octets: they stay in memory.
void write_decoded(OctetRange encoded, const LargeLiteral::Decoded& wanted,
                   store::MessageCursor& cursor, const store::TimeBudget& budget,
                   std::string& out) {
  DecodedOctets octets(wanted.encoding, encoded);
  std::string piece;
  std::uint64_t at = 0;
  const std::size_t end = out.size() + wanted.take;
  while (out.size() < end && octets.next(cursor, piece)) {
    budget.check();
    const OctetRange kept =
        overlap({at, at + piece.size()}, {wanted.skip, wanted.skip + wanted.take});
    out.append(piece, kept.begin - at, kept.size());
    at += piece.size();
    piece.clear();
  }
  if (out.size() != end) throw std::runtime_error("content is not all there");
}

}  // namespace

store::Detail MessageRenderer::detail() const {
  if (items_.needs_flags_only()) return store::Detail::flags;
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
  if (items_.save_date) {  // RFC 8514 4.2
    separate(out);
    out.raw("SAVEDATE ").date_time({.seconds = row.save_date, .zone_minutes = 0});
  }
  if (items_.email_id) {  // RFC 8474 5.1
    separate(out);
    out.raw("EMAILID (").raw(store::object_id(view_.account().id(), row.message)).raw(")");
  }
  if (items_.modseq) {
    separate(out);
    out.raw("MODSEQ (").number(row.modseq.value).raw(")");
  }
}

// The kept structure, or the one of last resort where it cannot be had.
mime::Structure MessageRenderer::structure_of(store::MessageCursor& cursor) {
  try {
    auto kept = mime::deserialize(cursor.structure());
    if (kept) return std::move(*kept);
    note_failure("the kept structure is damaged");
  } catch (const std::exception& error) {
    note_failure(error.what());
  }
  return opaque_structure_of(cursor);
}

mime::Structure MessageRenderer::opaque_structure_of(store::MessageCursor& cursor) {
  std::uint64_t header_octets = 0;
  try {
    header_octets = cursor.header().size();
  } catch (const std::exception& error) {
    note_failure(error.what());
  }
  return mime::opaque_structure(cursor.row().size, header_octets,
                                mime::DefectKind::handling_failed);
}

template <class Work, class Instead>
void MessageRenderer::attempt(std::string& out, Work work, Instead instead) {
  const std::size_t start = out.size();
  const bool first = first_item_;
  try {
    work();
  } catch (const std::exception& error) {
    note_failure(error.what());
    out.resize(start);
    first_item_ = first;
    instead();
  }
}

template <class Work, class Instead>
void MessageRenderer::attempt_in_time(std::string& out, Work work, Instead instead) {
  attempt(
      out,
      [&] {
        budget_.check();
        work();
        budget_.check();
      },
      instead);
}

// RFC 8474 5.2
void MessageRenderer::write_thread_id(store::MessageCursor& cursor, std::string& out) {
  const auto write = [&](const std::string& id) {
    Encoder encoder(out);
    separate(encoder);
    encoder.raw("THREADID ").raw(id);
  };
  attempt(
      out, [&] { write("(" + store::object_id(view_.account().id(), cursor.thread()) + ")"); },
      [&] { write("NIL"); });
}

void MessageRenderer::write_envelope_item(const mime::Structure& structure, std::string& out) {
  static const mime::Envelope kNothing;
  const auto write = [&](const mime::Envelope& envelope, const auto& writer) {
    Encoder encoder(out);
    separate(encoder);
    encoder.raw("ENVELOPE ");
    writer(encoder, envelope);
  };
  const auto& envelope = structure.root().envelope;
  attempt_in_time(
      out, [&] { write(envelope ? *envelope : kNothing, writers_.envelope); },
      [&] { write(kNothing, write_envelope); });
}

void MessageRenderer::write_structure_item(store::MessageCursor& cursor, bool extended,
                                           mime::Structure& structure, std::string& out) {
  const auto write = [&](const auto& writer) {
    Encoder encoder(out);
    separate(encoder);
    encoder.raw(extended ? "BODYSTRUCTURE " : "BODY ");
    writer(encoder, structure, extended);
  };
  attempt_in_time(
      out, [&] { write(writers_.body_structure); },
      [&] {
        // From here on this is what the message is, so that all of the response agrees with it.
        structure = opaque_structure_of(cursor);
        write(write_body_structure);
      });
}

void MessageRenderer::write_body(const BodyItem& item, store::MessageCursor& cursor,
                                 const mime::Structure* structure, std::string& out,
                                 std::vector<LargeLiteral>& large) {
  if (item.form != BodyForm::octets) return write_binary(item, cursor, structure, out, large);
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
    LargeLiteral& literal = large.emplace_back();
    literal.octets = range;
    literal.text.swap(out);
    return;
  }
  const std::size_t from = out.size();
  cursor.read(range.begin, range.size(), out);
  if (out.size() - from != range.size()) throw std::runtime_error("content is not all there");
  hide_nuls(out, from);
}

void MessageRenderer::write_binary(const BodyItem& item, store::MessageCursor& cursor,
                                   const mime::Structure* structure, std::string& out,
                                   std::vector<LargeLiteral>& large) {
  Encoder encoder(out);
  const auto located = locate_section(item.section, cursor, structure);
  const auto encoding =
      located ? encoding_of(item.section, structure) : mime::TransferEncoding::identity;
  if (encoding == mime::TransferEncoding::unknown) {
    unknown_encoding_ = true;
    return;
  }
  separate(encoder);
  write_section_name(encoder, item);
  encoder.sp();
  if (!located) {
    encoder.raw(item.form == BodyForm::binary ? "NIL" : "0");
    return;
  }
  const DecodedSize size = measure(encoding, *located, cursor, budget_);
  if (item.form == BodyForm::binary_size) {
    encoder.number(size.octets);
    return;
  }
  const OctetRange wanted = cut({0, size.octets}, item.partial);
  if (size.has_nul) encoder.raw("~");
  encoder.literal_header(wanted.size());
  const LargeLiteral::Decoded decoded{encoding, wanted.begin, wanted.size()};
  if (wanted.size() > kInlineOctets) {
    LargeLiteral& literal = large.emplace_back();
    literal.octets = *located;
    literal.decoded = decoded;
    literal.text.swap(out);
    return;
  }
  write_decoded(*located, decoded, cursor, budget_, out);
}

void MessageRenderer::write_preview(store::MessageCursor& cursor, std::string& out) {
  const auto write = [&](std::string_view text) {
    Encoder encoder(out);
    separate(encoder);
    encoder.raw("PREVIEW ").string(text);
  };
  const auto write_kept = [&] {
    budget_.check();
    write(cursor.preview());
  };
  attempt_in_time(out, write_kept, [&] { write(""); });
}

void MessageRenderer::write_absent_body(const BodyItem& item, std::string& out) {
  Encoder encoder(out);
  separate(encoder);
  write_section_name(encoder, item);
  encoder.raw(item.form == BodyForm::binary_size ? " 0" : " NIL");
}

void MessageRenderer::render(store::MessageCursor& cursor, bool with_flags, std::string& out,
                             std::vector<LargeLiteral>& large) {
  const store::MessageRow& row = cursor.row();
  const std::size_t start = out.size();
  failure_.clear();
  first_item_ = true;
  budget_.restart();
  Encoder encoder(out);
  if (!view_.begin_fetch(encoder, row.uid)) return;
  write_row_items(encoder, row, with_flags);
  if (items_.thread_id) write_thread_id(cursor, out);
  std::optional<mime::Structure> structure;
  if (items_.needs_structure()) structure = structure_of(cursor);
  if (items_.envelope) write_envelope_item(*structure, out);
  if (items_.body) write_structure_item(cursor, false, *structure, out);
  if (items_.body_structure) write_structure_item(cursor, true, *structure, out);
  if (items_.preview) write_preview(cursor, out);
  for (const BodyItem& item : items_.bodies) {
    const auto write = [&] {
      write_body(item, cursor, structure ? &*structure : nullptr, out, large);
    };
    const auto write_none = [&] { write_absent_body(item, out); };
    if (item.form == BodyForm::octets && !selects_fields(item.section)) {
      attempt(out, write, write_none);
    } else {
      attempt_in_time(out, write, write_none);
    }
  }
  // All that was asked for may have been left out.
  if (first_item_ && large.empty()) {
    out.resize(start);
    return;
  }
  out += ")\r\n";
  if (!failure_.empty()) failed_(row.uid, failure_);
}

}  // namespace mailkeep::imap
