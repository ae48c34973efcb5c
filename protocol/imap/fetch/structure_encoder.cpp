#include "protocol/imap/fetch/structure_encoder.h"

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

constexpr mime::Envelope kNoEnvelope;

// The grammar's numbers have 32 bits (RFC 3501 9).
std::uint64_t limited(std::uint64_t value) {
  return std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max());
}

// RFC 3501 9: address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")".
void write_addresses(Encoder& out, const std::vector<mime::Address>& addresses) {
  if (addresses.empty()) {
    out.raw("NIL");
    return;
  }
  out.raw("(");
  for (const mime::Address& address : addresses) {
    out.raw("(").nstring(address.name).sp().nstring(address.route).sp();
    out.nstring(address.mailbox).sp().nstring(address.host).raw(")");
  }
  out.raw(")");
}

void write_pairs(Encoder& out, std::span<const mime::Parameter> parameters) {
  bool first = true;
  for (const mime::Parameter& parameter : parameters) {
    if (!first) out.sp();
    first = false;
    out.string(parameter.name).sp().string(parameter.value);
  }
}

// RFC 3501 9 body-fld-param
void write_parameters(Encoder& out, std::span<const mime::Parameter> parameters) {
  if (parameters.empty()) {
    out.raw("NIL");
    return;
  }
  out.raw("(");
  write_pairs(out, parameters);
  out.raw(")");
}

// Text without a charset is US-ASCII (RFC 2046 4.1.2). Clients are used to being told so, as
// Dovecot does.
void write_text_parameters(Encoder& out, std::span<const mime::Parameter> parameters) {
  const bool has_charset = std::ranges::any_of(parameters, [](const mime::Parameter& parameter) {
    return equal_ignoring_case(parameter.name, "charset");
  });
  if (has_charset) return write_parameters(out, parameters);
  out.raw("(");
  write_pairs(out, parameters);
  if (!parameters.empty()) out.sp();
  out.string("charset").sp().string("us-ascii").raw(")");
}

// RFC 3501 9 body-fld-lang
void write_languages(Encoder& out, std::span<const std::string_view> languages) {
  if (languages.empty()) {
    out.raw("NIL");
    return;
  }
  out.raw("(");
  bool first = true;
  for (const std::string_view language : languages) {
    if (!first) out.sp();
    first = false;
    out.string(language);
  }
  out.raw(")");
}

// [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]], the end of body-ext-1part and
// body-ext-mpart (RFC 3501 9).
void write_extension_end(Encoder& out, const mime::Part& part) {
  out.sp();
  if (part.disposition) {
    out.raw("(").string(part.disposition->type).sp();
    write_parameters(out, part.disposition->parameters);
    out.raw(")");
  } else {
    out.raw("NIL");
  }
  out.sp();
  write_languages(out, part.languages);
  out.sp().nstring(part.location);
}

void write_single_extension(Encoder& out, const mime::Part& part) {
  out.sp().nstring(part.md5);
  write_extension_end(out, part);
}

// Walks the flat table in message order and closes what the next part is no longer inside of.
class BodyWriter {
 public:
  BodyWriter(Encoder& out, const mime::Structure& structure, bool extended)
      : out_(out), parts_(structure.parts), extended_(extended) {}

  void write() {
    for (std::uint32_t i = 0; i < parts_.size(); ++i) {
      while (!open_.empty() && open_.back() != parts_[i].parent) close();
      out_.raw("(");
      if (!has_child(i)) {
        write_leaf(parts_[i]);
        out_.raw(")");
        continue;
      }
      if (parts_[i].kind == mime::PartKind::message) write_message_begin(i);
      open_.push_back(i);
    }
    while (!open_.empty()) close();
  }

 private:
  bool has_child(std::uint32_t i) const {
    return parts_[i].kind != mime::PartKind::leaf && i + 1 < parts_.size() &&
           parts_[i + 1].parent == i;
  }

  // RFC 3501 9 body-fields, behind the media type.
  void write_fields(const mime::Part& part, bool text) {
    out_.sp();
    if (text) {
      write_text_parameters(out_, part.parameters);
    } else {
      write_parameters(out_, part.parameters);
    }
    out_.sp().nstring(part.id).sp().nstring(part.description);
    out_.sp().string(part.encoding).sp().number(limited(part.body_end - part.body_begin));
  }

  // body-type-basic or body-type-text. What the grammar has for parts with parts only cannot be the
  // type of a leaf.
  void write_leaf(const mime::Part& part) {
    const bool composite = equal_ignoring_case(part.type, "multipart") ||
                           (equal_ignoring_case(part.type, "message") &&
                            (equal_ignoring_case(part.subtype, "rfc822") ||
                             equal_ignoring_case(part.subtype, "global")));
    const bool text = equal_ignoring_case(part.type, "text");
    if (composite) {
      out_.string("application").sp().string("octet-stream");
    } else {
      out_.string(part.type).sp().string(part.subtype);
    }
    write_fields(part, text);
    if (text) out_.sp().number(limited(part.body_lines));
    if (extended_) write_single_extension(out_, part);
  }

  // body-type-msg up to its body.
  void write_message_begin(std::uint32_t i) {
    const mime::Part& part = parts_[i];
    out_.string(part.type).sp().string(part.subtype);
    write_fields(part, false);
    out_.sp();
    const auto& envelope = parts_[i + 1].envelope;
    write_envelope(out_, envelope ? *envelope : kNoEnvelope);
    out_.sp();
  }

  void close() {
    const mime::Part& part = parts_[open_.back()];
    open_.pop_back();
    out_.sp();
    if (part.kind == mime::PartKind::message) {
      out_.number(limited(part.body_lines));
      if (extended_) write_single_extension(out_, part);
    } else {
      out_.string(part.subtype);
      if (extended_) {
        out_.sp();
        write_parameters(out_, part.parameters);
        write_extension_end(out_, part);
      }
    }
    out_.raw(")");
  }

  Encoder& out_;
  std::span<const mime::Part> parts_;
  bool extended_;
  std::vector<std::uint32_t> open_;  // parts that the next one is inside of, outermost first
};

}  // namespace

// RFC 3501 9 envelope
void write_envelope(Encoder& out, const mime::Envelope& envelope) {
  const auto or_from = [&](const std::vector<mime::Address>& addresses) -> const auto& {
    return addresses.empty() ? envelope.from : addresses;
  };
  out.raw("(").nstring(envelope.date).sp().nstring(envelope.subject).sp();
  write_addresses(out, envelope.from);
  out.sp();
  write_addresses(out, or_from(envelope.sender));
  out.sp();
  write_addresses(out, or_from(envelope.reply_to));
  for (const auto* addresses : {&envelope.to, &envelope.cc, &envelope.bcc}) {
    out.sp();
    write_addresses(out, *addresses);
  }
  out.sp().nstring(envelope.in_reply_to).sp().nstring(envelope.message_id).raw(")");
}

void write_body_structure(Encoder& out, const mime::Structure& structure, bool extended) {
  BodyWriter(out, structure, extended).write();
}

}  // namespace mailkeep::imap
