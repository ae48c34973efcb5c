#include "mime/text/decoders.h"

#include "mime/content_type.h"
#include "mime/field_scanner.h"
#include "mime/text/ascii.h"

namespace mailkeep::mime {

TransferEncoding transfer_encoding(std::string_view value) {
  // No name of an encoding is anywhere near as long; what follows is comment.
  constexpr std::size_t kInterpretedBytes = 1024;
  std::string flat;
  flatten(value, kInterpretedBytes, flat);
  return transfer_encoding_named(parse_transfer_encoding(flat));
}

TransferEncoding transfer_encoding_named(std::string_view name) {
  if (equal_ignoring_case(name, "base64")) return TransferEncoding::base64;
  if (equal_ignoring_case(name, "quoted-printable")) return TransferEncoding::quoted_printable;
  for (const std::string_view identity : {"7bit", "8bit", "binary"}) {
    if (equal_ignoring_case(name, identity)) return TransferEncoding::identity;
  }
  return TransferEncoding::unknown;
}

void TransferDecoder::feed(std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;
  switch (encoding_) {
    case TransferEncoding::base64:
      return feed_base64(bytes, out);
    case TransferEncoding::quoted_printable:
      return feed_quoted_printable(bytes, out);
    case TransferEncoding::identity:
    case TransferEncoding::unknown:
      out += bytes;
  }
}

void TransferDecoder::finish(std::string& out) {
  switch (encoding_) {
    case TransferEncoding::base64:
      return finish_base64(out);
    case TransferEncoding::quoted_printable:
      return finish_quoted_printable(out);
    case TransferEncoding::identity:
    case TransferEncoding::unknown:
      return;
  }
}

}  // namespace mailkeep::mime
