// What a command's parser takes, for the tests of parsers.
#pragma once

#include <string_view>

#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

// True if `parse` takes all of `arguments`, the octets behind the command's name.
template <typename Parse>
bool accepts(Parse parse, std::string_view arguments) {
  Decoder decoder(arguments);
  return parse(decoder).has_value();
}

}  // namespace mailkeep::imap
