// The octets of a part without its transfer encoding (BINARY, RFC 3516), piece by piece: neither
// the encoded nor the decoded part is ever held as a whole.
//
// Blocking, since it reads from the store. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <string>

#include "mime/text/decoders.h"
#include "protocol/imap/fetch/section_reader.h"
#include "store/account.h"
#include "store/time_budget.h"

namespace mailkeep::imap {

struct DecodedSize {
  std::uint64_t octets = 0;
  bool has_nul = false;  // cannot be in a literal
};

class DecodedOctets {
 public:
  // `encoded`: the part's octets in its message.
  DecodedOctets(mime::TransferEncoding encoding, OctetRange encoded)
      : decoder_(encoding), encoded_(encoded) {}

  // Appends the next octets to `out`, which may be none. False: there are no more, or they are
  // gone from the store (then not at_end()).
  bool next(store::MessageCursor& cursor, std::string& out);
  bool at_end() const { return encoded_.size() == 0; }

 private:
  mime::TransferDecoder decoder_;
  OctetRange encoded_;  // what is left of it
  std::string piece_;
};

// Decodes it all to count. Throws where not all is there, and where the budget is passed.
DecodedSize measure(mime::TransferEncoding encoding, OctetRange encoded,
                    store::MessageCursor& cursor, const store::TimeBudget& budget);

}  // namespace mailkeep::imap
