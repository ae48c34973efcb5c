#include "structure_check.h"

#include <algorithm>

#include "mime/content_type.h"

namespace mailkeep::mime {
namespace {

class Checker {
 public:
  Checker(const Structure& structure, std::string_view message)
      : structure_(structure), message_(message) {}

  std::vector<std::string> check() {
    expect(structure_.size == message_.size(), "size is that of the message");
    expect(!structure_.parts.empty(), "there is a part");
    for (part_ = 0; part_ < structure_.parts.size(); ++part_) check_part();
    for (const Defect& defect : structure_.defects) {
      expect(defect.part < structure_.parts.size(), "a defect names a part");
      expect(defect.offset <= message_.size(), "a defect is inside the message");
    }
    return std::move(violations_);
  }

 private:
  void expect(bool holds, std::string_view rule) {
    if (!holds) violations_.push_back("part " + std::to_string(part_) + ": " + std::string(rule));
  }

  void check_part() {
    const Part& part = structure_.parts[part_];
    expect(part.header_begin <= part.body_begin, "the header ends behind its beginning");
    expect(part.body_begin <= part.body_end, "the body ends behind its beginning");
    expect(part.body_end <= message_.size(), "the body ends inside the message");
    if (part.body_begin > part.body_end || part.body_end > message_.size()) return;
    const std::string_view body = message_.substr(part.body_begin, part.body_end - part.body_begin);
    expect(
        part.body_lines == static_cast<std::uint64_t>(std::count(body.begin(), body.end(), '\n')),
        "the lines are counted");
    check_place(part);
    check_kind(part);
    check_texts(part);
    const std::uint32_t index = static_cast<std::uint32_t>(part_);
    if (part_ < kNumberedParts && part.kind == PartKind::leaf) check_number(index);
  }

  void check_place(const Part& part) {
    if (part_ == 0) {
      expect(part.parent == kNoParent, "the root has no parent");
      expect(part.header_begin == 0 && part.body_end == message_.size(), "the root is everything");
      return;
    }
    expect(part.parent < part_, "the parent stands before");
    if (part.parent >= part_) return;
    const Part& parent = structure_.parts[part.parent];
    const Part& before = structure_.parts[part_ - 1];
    expect(part.header_begin >= parent.body_begin, "the part begins inside its parent");
    expect(part.body_end <= parent.body_end, "the part ends inside its parent");
    expect(parent.kind != PartKind::leaf, "the parent is no leaf");
    expect(before.kind == PartKind::leaf || part.parent == part_ - 1, "the first child follows");
    if (parent.kind == PartKind::message) {
      expect(part.parent == part_ - 1, "a message has one child");
      expect(part.header_begin == parent.body_begin && part.body_end == parent.body_end,
             "header and text of a message are its body");
    } else {
      check_delimiter(part, before);
    }
  }

  // What stands before a child of a multipart is a line that begins with dashes.
  void check_delimiter(const Part& part, const Part& before) {
    const bool first = part.parent == part_ - 1;
    std::uint64_t begin = first ? before.body_begin : before.body_end;
    expect(first || part.header_begin >= before.body_end, "the part begins behind the one before");
    if (begin > part.header_begin) return;
    const std::string_view gap = message_.substr(begin, part.header_begin - begin);
    const std::size_t line_end =
        gap.empty() ? std::string_view::npos : gap.rfind('\n', gap.size() - 2);
    const std::size_t line =
        line_end == std::string_view::npos || gap.size() < 2 ? 0 : line_end + 1;
    expect(gap.substr(line).starts_with("--"), "a delimiter line stands before the part");
  }

  void check_kind(const Part& part) {
    const bool root_of_message =
        part_ == 0 || structure_.parts[part.parent].kind == PartKind::message;
    expect(part.envelope.has_value() == root_of_message, "roots of messages have envelopes");
    const bool has_child =
        part_ + 1 < structure_.parts.size() && structure_.parts[part_ + 1].parent == part_;
    expect(has_child == (part.kind != PartKind::leaf), "all but leaves have children");
    expect(is_multipart(part.type) == (part.kind == PartKind::multipart), "type of a multipart");
    expect(is_message(part.type, part.subtype) == (part.kind == PartKind::message),
           "type of a message");
  }

  void text(const OptionalText& value) {
    if (!value) return;
    constexpr std::string_view kForbidden("\r\n\0", 3);
    expect(value->find_first_of(kForbidden) == std::string_view::npos, "a text has no CR, LF, NUL");
  }

  void not_empty(std::string_view value) {
    expect(!value.empty(), "a name is not empty");
    text(value);
  }

  void parameters(const std::vector<Parameter>& list) {
    for (const Parameter& parameter : list) {
      not_empty(parameter.name);
      text(parameter.value);
    }
  }

  void addresses(const std::vector<Address>& list) {
    bool in_group = false;
    for (const Address& address : list) {
      for (const auto& value : {address.name, address.route, address.mailbox, address.host}) {
        text(value);
      }
      if (address.host) {
        expect(address.mailbox.has_value(), "an address has a mailbox");
      } else {
        expect(address.mailbox.has_value() != in_group, "group starts and ends alternate");
        expect(!address.name && !address.route, "a group has a name alone");
        in_group = address.mailbox.has_value();
      }
    }
    expect(!in_group, "the last group ends");
  }

  void check_texts(const Part& part) {
    not_empty(part.type);
    not_empty(part.subtype);
    not_empty(part.encoding);
    for (const auto& value : {part.id, part.description, part.md5, part.location}) text(value);
    parameters(part.parameters);
    for (const std::string_view language : part.languages) not_empty(language);
    if (part.disposition) {
      not_empty(part.disposition->type);
      parameters(part.disposition->parameters);
    }
    if (!part.envelope) return;
    const Envelope& e = *part.envelope;
    for (const auto& value : {e.date, e.subject, e.in_reply_to, e.message_id}) text(value);
    for (const auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc})
      addresses(*list);
  }

  void check_number(std::uint32_t index) {
    std::vector<std::uint32_t> path;
    const std::string number = part_number(structure_, index);
    for (std::size_t at = 0; at < number.size();) {
      const std::size_t end = std::min(number.find('.', at), number.size());
      path.push_back(static_cast<std::uint32_t>(std::stoul(number.substr(at, end - at))));
      at = end + 1;
    }
    expect(find_part(structure_, path) == index, "the number of a part finds it");
  }

  // Numbering takes time by the number of parts, so only the first ones are looked up.
  static constexpr std::size_t kNumberedParts = 200;

  const Structure& structure_;
  std::string_view message_;
  std::size_t part_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> violations(const Structure& structure, std::string_view message) {
  return Checker(structure, message).check();
}

std::string outline(const Structure& structure) {
  std::string out;
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    const Part& part = structure.parts[i];
    while (!open.empty() && open.back() != part.parent) {
      out += ')';
      open.pop_back();
    }
    if (!out.empty() && out.back() != '(') out += ' ';
    out += std::string(part.type) + '/' + std::string(part.subtype);
    if (part.kind == PartKind::leaf) {
      out += '[' + std::to_string(part.body_end - part.body_begin) + ']';
    } else {
      out += '(';
      open.push_back(i);
    }
  }
  out.append(open.size(), ')');
  return out;
}

std::string defect_names(const Structure& structure) {
  std::string names;
  for (const Defect& defect : structure.defects) {
    if (!names.empty()) names += ' ';
    names += name_of(defect.kind);
  }
  return names;
}

}  // namespace mailkeep::mime
