#include "protocol/lmtp/wire/data_decoder.h"

namespace mailkeep::lmtp {

std::size_t DataDecoder::feed(std::string_view input, std::string& out) {
  std::size_t position = 0;
  while (position < input.size() && after_ != After::end) {
    if (after_ == After::text) {
      const std::size_t end = input.find('\r', position);
      out.append(input.substr(position, end - position));
      if (end == std::string_view::npos) return input.size();
      position = end;
    }
    after_ = step(input[position++], out);
  }
  return position;
}

// What was held back until this octet: a dot that may be doubled or the end, and the CR after it.
DataDecoder::After DataDecoder::step(char octet, std::string& out) const {
  switch (after_) {
    case After::line_end:
      if (octet == '.') return After::dot;
      break;
    case After::dot:
      if (octet == '\r') return After::dot_cr;
      break;
    case After::dot_cr:
      if (octet == '\n') return After::end;
      out.push_back('\r');
      break;
    case After::cr:
      out.push_back(octet);
      if (octet == '\n') return After::line_end;
      return octet == '\r' ? After::cr : After::text;
    case After::text:
    case After::end:
      break;
  }
  out.push_back(octet);
  return octet == '\r' ? After::cr : After::text;
}

}  // namespace mailkeep::lmtp
