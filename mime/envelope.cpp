#include "mime/envelope.h"

#include <array>
#include <utility>

#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

constexpr std::array<std::pair<std::string_view, EnvelopeField>, 10> kFields{{
    {"date", EnvelopeField::date},
    {"subject", EnvelopeField::subject},
    {"from", EnvelopeField::from},
    {"sender", EnvelopeField::sender},
    {"reply-to", EnvelopeField::reply_to},
    {"to", EnvelopeField::to},
    {"cc", EnvelopeField::cc},
    {"bcc", EnvelopeField::bcc},
    {"in-reply-to", EnvelopeField::in_reply_to},
    {"message-id", EnvelopeField::message_id},
}};

std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

std::string collapse_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : trim(text)) {
    if (!is_space(c)) {
      out += c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

OptionalText* text_of(EnvelopeField field, Envelope& envelope) {
  switch (field) {
    case EnvelopeField::date:
      return &envelope.date;
    case EnvelopeField::subject:
      return &envelope.subject;
    case EnvelopeField::in_reply_to:
      return &envelope.in_reply_to;
    case EnvelopeField::message_id:
      return &envelope.message_id;
    default:
      return nullptr;
  }
}

std::vector<Address>* list_of(EnvelopeField field, Envelope& envelope) {
  switch (field) {
    case EnvelopeField::from:
      return &envelope.from;
    case EnvelopeField::sender:
      return &envelope.sender;
    case EnvelopeField::reply_to:
      return &envelope.reply_to;
    case EnvelopeField::to:
      return &envelope.to;
    case EnvelopeField::cc:
      return &envelope.cc;
    case EnvelopeField::bcc:
      return &envelope.bcc;
    default:
      return nullptr;
  }
}

}  // namespace

EnvelopeField envelope_field(std::string_view name) {
  for (const auto& [known, field] : kFields) {
    if (equal_ignoring_case(name, known)) return field;
  }
  return EnvelopeField::none;
}

EnvelopeDefects add_to_envelope(EnvelopeField field, std::string_view value, ValueKeeper& keeper,
                                Envelope& envelope) {
  EnvelopeDefects defects;
  if (OptionalText* text = text_of(field, envelope)) {
    if (text->has_value()) {
      defects.repeated = true;
    } else if (field == EnvelopeField::subject) {
      *text = keeper.keep(collapse_space(value));
    } else {
      *text = keeper.keep(trim_left(value));
    }
  } else if (std::vector<Address>* list = list_of(field, envelope)) {
    defects.repeated = !list->empty();
    defects.addresses = parse_address_list(value, keeper, *list);
  }
  return defects;
}

}  // namespace mailkeep::mime
