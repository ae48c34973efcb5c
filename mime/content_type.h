// The structured fields that say what a part is (RFC 2045 5 and 6, RFC 2183, RFC 3282). Each
// function takes a flattened field value; texts are kept by `keeper`.
#pragma once

#include <string_view>
#include <vector>

#include "mime/parameters.h"
#include "mime/structure.h"
#include "mime/value_keeper.h"

namespace mailkeep::mime {

struct ContentType {
  bool valid = false;  // false: type and subtype are those of RFC 2045 5.2, text/plain
  std::string_view type = "text";
  std::string_view subtype = "plain";
  ParameterList list;
};
ContentType parse_content_type(std::string_view value, ValueKeeper& keeper);

// A disposition without a type is an attachment (RFC 2183 2.8 takes an unknown one so), and
// malformed.
struct ContentDisposition {
  Disposition disposition;
  bool malformed = false;
  bool limited = false;
};
ContentDisposition parse_content_disposition(std::string_view value, ValueKeeper& keeper);

// The name of the encoding as written, without quotes, comments and what follows it; "7 bit" and
// its like without the space. Empty if there is none. A view into `value` or a constant.
std::string_view parse_transfer_encoding(std::string_view value);

// RFC 3282 2: language tags separated by commas.
std::vector<std::string_view> parse_languages(std::string_view value, ValueKeeper& keeper);

bool is_multipart(std::string_view type);
// message/rfc822 and message/global (RFC 6532 3.7): those with a message inside.
bool is_message(std::string_view type, std::string_view subtype);

}  // namespace mailkeep::mime
