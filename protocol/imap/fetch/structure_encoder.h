// ENVELOPE, BODY and BODYSTRUCTURE of a parsed message (RFC 9051 7.5.2, RFC 3501 7.4.2). Iterative:
// a structure may be as deep as the parser allows.
#pragma once

#include "mime/structure.h"
#include "protocol/imap/wire/encoder.h"

namespace mailkeep::imap {

// What to write of an envelope that is not there: all NIL.
void write_envelope(Encoder& out, const mime::Envelope& envelope);

// `extended`: BODYSTRUCTURE, else BODY.
void write_body_structure(Encoder& out, const mime::Structure& structure, bool extended);

}  // namespace mailkeep::imap
