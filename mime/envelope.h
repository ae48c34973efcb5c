// The fields that ENVELOPE shows (RFC 9051 7.5.2), collected field by field.
#pragma once

#include <string>
#include <string_view>

#include "mime/address_list.h"
#include "mime/structure.h"
#include "mime/value_keeper.h"

namespace mailkeep::mime {

enum class EnvelopeField {
  none,
  date,
  subject,
  from,
  sender,
  reply_to,
  to,
  cc,
  bcc,
  in_reply_to,
  message_id
};

// Which one a field name means (ASCII case-insensitive), or none.
EnvelopeField envelope_field(std::string_view name);

struct EnvelopeDefects {
  bool repeated = false;
  AddressDefects addresses;
};

// Adds a flattened value. Of repeated texts the first one counts; repeated address fields are one
// list, so that no program shows an author that another one does not see.
EnvelopeDefects add_to_envelope(EnvelopeField field, std::string_view value, ValueKeeper& keeper,
                                Envelope& envelope);

}  // namespace mailkeep::mime
