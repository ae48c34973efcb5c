#include "mime/part_header.h"

#include <algorithm>
#include <utility>

#include "mime/content_type.h"
#include "mime/envelope.h"
#include "mime/header_reader.h"
#include "mime/text/ascii.h"
#include "mime/text/decoders.h"

namespace mailkeep::mime {
namespace {

class HeaderInterpreter {
 public:
  HeaderInterpreter(std::string_view header, DefaultType default_type, bool with_envelope,
                    ValueKeeper& keeper, Part& part)
      : header_(header),
        default_type_(default_type),
        with_envelope_(with_envelope),
        keeper_(keeper),
        part_(part) {}

  PartHeader interpret() {
    if (with_envelope_) part_.envelope.emplace();
    if (default_type_ == DefaultType::message_rfc822) {
      part_.type = "message";
      part_.subtype = "rfc822";
    }
    HeaderReader reader(header_);
    while (const std::optional<HeaderField> field = reader.next()) {
      field_offset_ = static_cast<std::uint64_t>(field->raw.data() - header_.data());
      take_field(*field);
    }
    field_offset_ = ascii_prefix(header_);
    if (field_offset_ < header_.size()) {
      add_defect(DefectKind::eight_bit_header);
    }
    return std::move(result_);
  }

 private:
  void add_defect(DefectKind kind) { result_.defects.emplace_back(kind, field_offset_); }

  void take_field(const HeaderField& field) {
    const std::string_view whole = without_line_end(
        field.raw.substr(static_cast<std::size_t>(field.value.data() - field.raw.data())));
    const bool holds_junk = whole.size() > field.value.size();
    if (field.name.empty() || holds_junk) add_defect(DefectKind::invalid_header_line);
    constexpr std::string_view kContent = "content-";
    if (field.name.size() > kContent.size() &&
        equal_ignoring_case(field.name.substr(0, kContent.size()), kContent)) {
      // Where the folding was lost on the way, the parameters stand at the start of the next line.
      const bool goes_on = holds_junk && trim_right(field.value).ends_with(';');
      take_content_field(field.name.substr(kContent.size()), goes_on ? whole : field.value);
    } else if (with_envelope_) {
      take_envelope_field(field);
    }
  }

  void take_envelope_field(const HeaderField& field) {
    const EnvelopeField which = envelope_field(field.name);
    if (which == EnvelopeField::none) return;
    flatten_value(field.value);
    const EnvelopeDefects defects = add_to_envelope(which, value_, keeper_, *part_.envelope);
    if (defects.repeated) add_defect(DefectKind::repeated_header_field);
    if (defects.addresses.malformed) add_defect(DefectKind::invalid_address);
    if (defects.addresses.limited) add_defect(DefectKind::address_limit);
  }

  void flatten_value(std::string_view value) {
    if (value.size() > keeper_.limits().field_bytes) add_defect(DefectKind::header_limit);
    flatten(value, keeper_.limits().field_bytes, value_);
  }

  // `name` is what follows "Content-".
  void take_content_field(std::string_view name, std::string_view value) {
    if (equal_ignoring_case(name, "type")) {
      if (first(has_type_)) take_type(value);
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
      if (first(has_encoding_)) take_encoding(value);
    } else if (equal_ignoring_case(name, "disposition")) {
      if (first(has_disposition_)) take_disposition(value);
    } else if (equal_ignoring_case(name, "id")) {
      take_text(value, part_.id);
    } else if (equal_ignoring_case(name, "description")) {
      take_text(value, part_.description);
    } else if (equal_ignoring_case(name, "md5")) {
      take_text(value, part_.md5);
    } else if (equal_ignoring_case(name, "location")) {
      take_text(value, part_.location);
    } else if (equal_ignoring_case(name, "language")) {
      flatten_value(value);
      if (first(has_languages_)) part_.languages = parse_languages(value_, keeper_);
    }
  }

  // Whether this is the first field of its name; any other is a defect.
  bool first(bool& seen) {
    if (seen) add_defect(DefectKind::repeated_header_field);
    return !std::exchange(seen, true);
  }

  void take_text(std::string_view value, OptionalText& text) {
    if (text.has_value()) {
      add_defect(DefectKind::repeated_header_field);
      return;
    }
    flatten_value(value);
    text = keeper_.keep(trim(value_));
  }

  void take_type(std::string_view value) {
    flatten_value(value);
    ContentType parsed = parse_content_type(value_, keeper_);
    if (parsed.valid) {
      part_.type = parsed.type;
      part_.subtype = parsed.subtype;
    } else {
      has_type_ = false;  // a valid one may still come
      part_.type = "text";
      part_.subtype = "plain";
    }
    part_.parameters = std::move(parsed.list.parameters);
    result_.boundary.reset();
    if (is_multipart(part_.type)) result_.boundary = boundary_of(part_.parameters);
    if (!parsed.valid || parsed.list.malformed) add_defect(DefectKind::invalid_content_type);
    if (parsed.list.limited) add_defect(DefectKind::parameter_limit);
  }

  void take_encoding(std::string_view value) {
    flatten_value(value);
    const std::string_view encoding = keeper_.keep(parse_transfer_encoding(value_));
    if (!encoding.empty()) part_.encoding = encoding;
    if (encoding.empty() || transfer_encoding_named(encoding) == TransferEncoding::unknown) {
      add_defect(DefectKind::invalid_transfer_encoding);
    }
  }

  void take_disposition(std::string_view value) {
    flatten_value(value);
    ContentDisposition parsed = parse_content_disposition(value_, keeper_);
    part_.disposition = std::move(parsed.disposition);
    if (parsed.malformed) add_defect(DefectKind::invalid_content_disposition);
    if (parsed.limited) add_defect(DefectKind::parameter_limit);
  }

  std::string_view header_;
  DefaultType default_type_;
  bool with_envelope_;
  ValueKeeper& keeper_;
  Part& part_;
  PartHeader result_;
  std::uint64_t field_offset_ = 0;
  std::string value_;  // the flattened value at hand
  bool has_type_ = false;
  bool has_encoding_ = false;
  bool has_disposition_ = false;
  bool has_languages_ = false;
};

}  // namespace

PartHeader interpret_header(std::string_view header, DefaultType default_type, bool with_envelope,
                            ValueKeeper& keeper, Part& part) {
  return HeaderInterpreter(header, default_type, with_envelope, keeper, part).interpret();
}

std::optional<std::string> boundary_in_header(std::string_view header) {
  const ParserLimits limits;
  TextArena arena;
  ValueKeeper keeper(limits, arena);
  Part part;
  return interpret_header(header, DefaultType::text_plain, false, keeper, part).boundary;
}

}  // namespace mailkeep::mime
