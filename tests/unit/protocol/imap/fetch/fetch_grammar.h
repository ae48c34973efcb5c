// A strict reader of FETCH responses: the grammar of RFC 3501 9 and RFC 9051 9 as it stands,
// nothing lenient. Unit tests and fuzz targets share it.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailkeep::imap {

using NString = std::optional<std::string>;

struct ReadAddress {
  NString name, route, mailbox, host;
};

struct ReadEnvelope {
  NString date, subject;
  std::vector<ReadAddress> from, sender, reply_to, to, cc, bcc;
  NString in_reply_to, message_id;
};

enum class BodyKind : std::uint8_t { basic, text, message, multipart };

struct ReadBody {
  BodyKind kind = BodyKind::basic;
  std::string type, subtype;
  std::vector<std::pair<std::string, std::string>> parameters;
  NString id, description;
  std::string encoding;
  std::uint64_t octets = 0;
  std::uint64_t lines = 0;         // of text and message
  std::vector<ReadBody> children;  // of multipart; the one of message
  std::optional<ReadEnvelope> envelope;
  bool extended = false;   // whether there is extension data
  std::string basic_data;  // all of it but extension data, as it stands, without those of children
};

struct ReadFetch {
  std::uint64_t sequence = 0;
  std::optional<std::uint64_t> uid, size;
  std::optional<ReadEnvelope> envelope;
  std::optional<ReadBody> body, body_structure;
  // By name as written: "BODY[1.MIME]", "BINARY[1]", "BINARY.SIZE[1]", "PREVIEW".
  std::map<std::string, NString> sections;
};

enum class Revision : std::uint8_t { rev1, rev2 };  // RFC 3501, RFC 9051

// One whole untagged FETCH response with its CRLF, or what is wrong with it. Differences of the
// revisions: a number of lines has 63 bits in rev2 and 32 in rev1. message/global (RFC 6532 3.7)
// has an envelope in both: RFC 3501 is older than it.
std::expected<ReadFetch, std::string> read_fetch(std::string_view response, Revision revision);

}  // namespace mailkeep::imap
