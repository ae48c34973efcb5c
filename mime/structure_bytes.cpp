// The compact form of a Structure:
//
//   message size, text size, all texts one after the other, parts, defects
//
// Numbers are LEB128. Texts have only their lengths in the tables, as they are read in the order in
// which they were written; an optional one has its length plus one, or 0. Parts stand in message
// order and give their places relative to the part before.
#include <algorithm>
#include <cstring>
#include <utility>

#include "mime/content_type.h"
#include "mime/structure.h"

namespace mailkeep::mime {
namespace {

constexpr std::uint8_t kKindMask = 0x03;
constexpr std::uint8_t kHasId = 0x04;
constexpr std::uint8_t kHasDescription = 0x08;
constexpr std::uint8_t kHasMd5 = 0x10;
constexpr std::uint8_t kHasDisposition = 0x20;
constexpr std::uint8_t kHasLocation = 0x40;
constexpr std::uint8_t kHasEnvelope = 0x80;

// The least octets that one of each takes, by which a count can be known to be wrong before any
// table is made for it.
constexpr std::size_t kLeastPartBytes = 11;
constexpr std::size_t kLeastParameterBytes = 2;
constexpr std::size_t kLeastAddressBytes = 4;
constexpr std::size_t kLeastLanguageBytes = 1;
constexpr std::size_t kLeastDefectBytes = 3;

class Writer {
 public:
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      table_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    table_.push_back(static_cast<char>(value));
  }

  void text(std::string_view value) {
    number(value.size());
    texts_ += value;
  }

  void optional_text(const OptionalText& value) {
    number(value ? value->size() + 1 : 0);
    if (value) texts_ += *value;
  }

  void parameters(const std::vector<Parameter>& parameters) {
    number(parameters.size());
    for (const Parameter& parameter : parameters) {
      text(parameter.name);
      text(parameter.value);
    }
  }

  void addresses(const std::vector<Address>& addresses) {
    number(addresses.size());
    for (const Address& address : addresses) {
      optional_text(address.name);
      optional_text(address.route);
      optional_text(address.mailbox);
      optional_text(address.host);
    }
  }

  void envelope(const Envelope& envelope) {
    optional_text(envelope.date);
    optional_text(envelope.subject);
    for (const auto* list : {&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to,
                             &envelope.cc, &envelope.bcc}) {
      addresses(*list);
    }
    optional_text(envelope.in_reply_to);
    optional_text(envelope.message_id);
  }

  void part(const Part& part, std::uint32_t index, std::uint64_t previous_begin) {
    table_.push_back(static_cast<char>(flags_of(part)));
    number(part.parent == kNoParent ? 0 : index - part.parent);
    number(part.header_begin - previous_begin);
    number(part.body_begin - part.header_begin);
    number(part.body_end - part.body_begin);
    number(part.body_lines);
    text(part.type);
    text(part.subtype);
    text(part.encoding);
    parameters(part.parameters);
    if (part.id) text(*part.id);
    if (part.description) text(*part.description);
    if (part.md5) text(*part.md5);
    if (part.disposition) {
      text(part.disposition->type);
      parameters(part.disposition->parameters);
    }
    number(part.languages.size());
    for (const std::string_view language : part.languages) text(language);
    if (part.location) text(*part.location);
    if (part.envelope) envelope(*part.envelope);
  }

  std::string finish(std::uint64_t message_size) {
    std::string table = std::exchange(table_, {});
    number(message_size);
    number(texts_.size());
    std::string bytes = std::move(table_);
    bytes.reserve(bytes.size() + texts_.size() + table.size());
    bytes += texts_;
    bytes += table;
    return bytes;
  }

 private:
  static std::uint8_t flags_of(const Part& part) {
    auto flags = static_cast<std::uint8_t>(part.kind);
    if (part.id) flags |= kHasId;
    if (part.description) flags |= kHasDescription;
    if (part.md5) flags |= kHasMd5;
    if (part.disposition) flags |= kHasDisposition;
    if (part.location) flags |= kHasLocation;
    if (part.envelope) flags |= kHasEnvelope;
    return flags;
  }

  std::string table_;
  std::string texts_;
};

// Reads what Writer wrote. After any mistake ok() is false and everything that is read is empty or
// 0.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_ && text_ == text_end_; }

  // Copies the block of texts into `arena`.
  void texts(TextArena& arena) {
    const std::uint64_t size = number();
    if (size > remaining()) return fail();
    const std::string_view block(at_, size);
    at_ += size;
    for (const char forbidden : {'\r', '\n', '\0'}) {
      if (block.find(forbidden) != std::string_view::npos) return fail();
    }
    text_ = arena.keep(block).data();
    text_end_ = text_ + size;
  }

  std::uint64_t number() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) {
      return static_cast<unsigned char>(*at_++);
    }
    return long_number();
  }

  // How many elements follow, of which each has `least_bytes` or more.
  std::size_t count(std::size_t least_bytes) {
    const std::uint64_t value = number();
    if (value > remaining() / least_bytes) {
      fail();
      return 0;
    }
    return value;
  }

  std::string_view text() { return take_text(number()); }

  std::string_view text_not_empty() {
    const std::string_view value = text();
    if (value.empty()) fail();
    return value;
  }

  OptionalText optional_text() {
    const std::uint64_t size = number();
    if (size == 0) return std::nullopt;
    return take_text(size - 1);
  }

  void parameters(std::vector<Parameter>& parameters) {
    const std::size_t size = count(kLeastParameterBytes);
    parameters.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      const std::string_view name = text_not_empty();
      parameters.push_back({name, text()});
    }
  }

  void addresses(std::vector<Address>& addresses) {
    const std::size_t size = count(kLeastAddressBytes);
    addresses.reserve(size);
    bool in_group = false;
    for (std::size_t i = 0; i < size; ++i) {
      Address& address = addresses.emplace_back();
      address.name = optional_text();
      address.route = optional_text();
      address.mailbox = optional_text();
      address.host = optional_text();
      if (!address.host) {
        const bool starts_group = address.mailbox.has_value();
        if (starts_group == in_group || address.name || address.route) fail();
        in_group = starts_group;
      } else if (!address.mailbox) {
        fail();
      }
    }
    if (in_group) fail();
  }

  void envelope(Envelope& envelope) {
    envelope.date = optional_text();
    envelope.subject = optional_text();
    for (auto* list : {&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to,
                       &envelope.cc, &envelope.bcc}) {
      addresses(*list);
    }
    envelope.in_reply_to = optional_text();
    envelope.message_id = optional_text();
  }

  void part(Part& part, std::uint32_t index, std::uint64_t previous_begin) {
    const auto flags = static_cast<std::uint8_t>(octet());
    part.kind = static_cast<PartKind>(flags & kKindMask);
    const std::uint64_t up = number();
    if (up > index) return fail();
    if (up > 0) part.parent = index - static_cast<std::uint32_t>(up);
    part.header_begin = previous_begin + number();
    part.body_begin = part.header_begin + number();
    part.body_end = part.body_begin + number();
    part.body_lines = number();
    part.type = text_not_empty();
    part.subtype = text_not_empty();
    part.encoding = text_not_empty();
    parameters(part.parameters);
    if (flags & kHasId) part.id = text();
    if (flags & kHasDescription) part.description = text();
    if (flags & kHasMd5) part.md5 = text();
    if (flags & kHasDisposition) {
      part.disposition.emplace();
      part.disposition->type = text_not_empty();
      parameters(part.disposition->parameters);
    }
    const std::size_t languages = count(kLeastLanguageBytes);
    part.languages.reserve(languages);
    for (std::size_t i = 0; i < languages; ++i) part.languages.push_back(text_not_empty());
    if (flags & kHasLocation) part.location = text();
    if (flags & kHasEnvelope) envelope(part.envelope.emplace());
  }

 private:
  void fail() {
    ok_ = false;
    at_ = end_;
    text_ = text_end_;
  }

  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }

  char octet() {
    if (at_ == end_) {
      fail();
      return 0;
    }
    return *at_++;
  }

  std::uint64_t long_number() {
    std::uint64_t value = 0;
    // Sums of a few numbers must not overflow, and no message has 2^56 octets.
    for (int shift = 0; shift < 56; shift += 7) {
      const auto byte = static_cast<unsigned char>(octet());
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return ok_ ? value : 0;
    }
    fail();
    return 0;
  }

  std::string_view take_text(std::uint64_t size) {
    if (size > static_cast<std::uint64_t>(text_end_ - text_)) {
      fail();
      return "";
    }
    const std::string_view value(text_, size);
    text_ += size;
    return value;
  }

  const char* at_;
  const char* end_;
  const char* text_ = "";
  const char* text_end_ = text_;
  bool ok_ = true;
};

// Whether part `index`, the last so far, may stand where it does.
bool is_consistent(const std::vector<Part>& parts, std::uint32_t index,
                   std::uint64_t message_size) {
  const Part& part = parts[index];
  const bool is_composite = is_multipart(part.type) || is_message(part.type, part.subtype);
  switch (part.kind) {
    case PartKind::leaf:
      if (is_composite) return false;
      break;
    case PartKind::multipart:
      if (!is_multipart(part.type)) return false;
      break;
    case PartKind::message:
      if (!is_message(part.type, part.subtype)) return false;
      break;
    default:
      return false;
  }
  if (part.body_end > message_size || part.body_lines > part.body_end - part.body_begin)
    return false;
  if (index == 0) return part.parent == kNoParent && part.envelope.has_value();
  if (part.parent == kNoParent) return false;

  // The first child follows its parent; any other part belongs to an ancestor of the part before.
  const Part& before = parts[index - 1];
  if (before.kind != PartKind::leaf && part.parent != index - 1) return false;
  for (std::uint32_t i = index - 1; i != part.parent; i = parts[i].parent) {
    if (i == kNoParent) return false;
  }
  const Part& parent = parts[part.parent];
  const bool in_message = parent.kind == PartKind::message;
  if (part.envelope.has_value() != in_message) return false;
  if (in_message) {
    return part.parent == index - 1 && part.header_begin == parent.body_begin &&
           part.body_end == parent.body_end;
  }
  return parent.kind == PartKind::multipart && part.header_begin >= parent.body_begin &&
         part.body_end <= parent.body_end;
}

}  // namespace

std::string serialize(const Structure& structure) {
  Writer writer;
  writer.number(structure.parts.size());
  std::uint64_t previous_begin = 0;
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    writer.part(structure.parts[i], i, previous_begin);
    previous_begin = structure.parts[i].header_begin;
  }
  writer.number(structure.defects.size());
  for (const Defect& defect : structure.defects) {
    writer.number(static_cast<std::uint64_t>(defect.kind));
    writer.number(defect.part);
    writer.number(defect.offset);
  }
  return writer.finish(structure.size);
}

std::expected<Structure, DeserializeError> deserialize(std::string_view bytes) {
  const auto damaged = std::unexpected(DeserializeError::damaged);
  Structure structure;
  Reader reader(bytes);
  structure.size = reader.number();
  reader.texts(structure.text);

  const std::size_t parts = reader.count(kLeastPartBytes);
  if (parts == 0 || parts >= kNoParent) return damaged;
  structure.parts.reserve(parts);
  std::uint64_t previous_begin = 0;
  for (std::uint32_t i = 0; i < parts; ++i) {
    reader.part(structure.parts.emplace_back(), i, previous_begin);
    if (!reader.ok() || !is_consistent(structure.parts, i, structure.size)) return damaged;
    previous_begin = structure.parts.back().header_begin;
  }
  if (structure.parts.back().kind != PartKind::leaf) return damaged;

  const std::size_t defects = reader.count(kLeastDefectBytes);
  structure.defects.reserve(defects);
  for (std::size_t i = 0; i < defects; ++i) {
    const std::uint64_t kind = reader.number();
    const std::uint64_t part = reader.number();
    const std::uint64_t offset = reader.number();
    if (kind > static_cast<std::uint64_t>(kLastDefectKind) || part >= parts ||
        offset > structure.size)
      return damaged;
    structure.defects.push_back(
        {static_cast<DefectKind>(kind), static_cast<std::uint32_t>(part), offset});
  }
  if (!reader.ok() || !reader.at_end()) return damaged;
  return structure;
}

}  // namespace mailkeep::mime
