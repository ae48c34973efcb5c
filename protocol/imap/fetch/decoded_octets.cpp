#include "protocol/imap/fetch/decoded_octets.h"

#include <algorithm>
#include <stdexcept>

namespace mailkeep::imap {
namespace {

constexpr std::uint64_t kPieceOctets = 256 * 1024;

}  // namespace

bool DecodedOctets::next(store::MessageCursor& cursor, std::string& out) {
  if (encoded_.size() == 0) return false;
  const std::uint64_t length = std::min(kPieceOctets, encoded_.size());
  piece_.clear();
  cursor.read(encoded_.begin, length, piece_);
  if (piece_.size() != length) return false;
  encoded_.begin += length;
  decoder_.feed(piece_, out);
  if (encoded_.size() == 0) decoder_.finish(out);
  return true;
}

DecodedSize measure(mime::TransferEncoding encoding, OctetRange encoded,
                    store::MessageCursor& cursor, const store::TimeBudget& budget) {
  DecodedOctets octets(encoding, encoded);
  DecodedSize size;
  std::string piece;
  while (octets.next(cursor, piece)) {
    budget.check();
    size.octets += piece.size();
    size.has_nul = size.has_nul || piece.find('\0') != std::string::npos;
    piece.clear();
  }
  if (!octets.at_end()) throw std::runtime_error("content is not all there");
  return size;
}

}  // namespace mailkeep::imap
