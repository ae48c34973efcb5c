#include "server/admin/message_report.h"

#include <fmt/format.h>

#include "mime/part_text.h"
#include "mime/text/ascii.h"
#include "mime/text/encoded_word.h"
#include "server/admin/progress.h"

namespace mailkeep::server {
namespace {

using mime::kNoParent;
using mime::Part;
using mime::PartKind;
using mime::Structure;

// Whether each part is the last of its parent.
std::vector<bool> last_children(const Structure& structure) {
  std::vector<bool> last(structure.parts.size());
  std::vector<bool> has_one(structure.parts.size());
  for (std::size_t i = structure.parts.size(); i-- > 1;) {
    const std::uint32_t parent = structure.parts[i].parent;
    last[i] = !has_one[parent];
    has_one[parent] = true;
  }
  return last;
}

// A file's name as the message gives it, or nothing.
std::string file_name(const Part& part) {
  const auto named = [](const std::vector<mime::Parameter>& parameters, std::string_view name) {
    for (const mime::Parameter& parameter : parameters) {
      const std::string_view plain =
          std::string_view(parameter.name).substr(0, parameter.name.find('*'));
      if (mime::equal_ignoring_case(plain, name)) {
        return mime::decode_parameter(parameter.name, parameter.value);
      }
    }
    return std::string();
  };
  std::string name;
  if (part.disposition) name = named(part.disposition->parameters, "filename");
  if (name.empty()) name = named(part.parameters, "name");
  return name;
}

std::string describe_part(const Part& part) {
  std::string text = printable(part.type) + '/' + printable(part.subtype);
  const std::uint64_t header = part.body_begin - part.header_begin;
  text += fmt::format("  {} + {} octets, {} lines", with_separators(header),
                      with_separators(part.body_end - part.body_begin),
                      with_separators(part.body_lines));
  if (part.kind == PartKind::leaf) {
    text += ", " + printable(part.encoding);
    if (const auto charset = mime::parameter(part.parameters, "charset")) {
      text += ", " + printable(*charset);
    }
  }
  const std::string name = file_name(part);
  if (!name.empty()) text += ", \"" + printable(name) + '"';
  return text;
}

void write_tree(std::ostream& out, const Structure& structure,
                const std::vector<std::string>& numbers) {
  const std::vector<bool> last = last_children(structure);
  std::vector<std::uint32_t> open;  // the parents of the part, outermost first
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    const Part& part = structure.parts[i];
    while (!open.empty() && open.back() != part.parent) open.pop_back();
    for (std::size_t level = 1; level < open.size(); ++level) {
      out << (last[open[level]] ? "   " : "│  ");
    }
    if (!open.empty()) out << (last[i] ? "└─ " : "├─ ");
    if (!numbers[i].empty()) out << numbers[i] << "  ";
    out << describe_part(part) << '\n';
    open.push_back(i);
  }
}

}  // namespace

std::vector<std::string> part_numbers(const Structure& structure) {
  struct Place {
    std::string prefix;  // of the numbers of what is inside
    std::uint32_t children = 0;
  };
  std::vector<std::string> numbers(structure.parts.size());
  std::vector<Place> places(structure.parts.size());
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    const Part& part = structure.parts[i];
    Place* const parent = part.parent == kNoParent ? nullptr : &places[part.parent];
    const std::string prefix = parent != nullptr ? parent->prefix : "";
    const bool in_multipart =
        parent != nullptr && structure.parts[part.parent].kind == PartKind::multipart;
    if (in_multipart) {
      numbers[i] = prefix + std::to_string(++parent->children);
    } else if (part.kind != PartKind::multipart) {
      numbers[i] = prefix + '1';
    }
    places[i].prefix = numbers[i].empty() ? prefix : numbers[i] + '.';
  }
  return numbers;
}

std::string printable(std::string_view text) {
  std::string utf8 = mime::decode_header_text(text);
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto octet = static_cast<unsigned char>(utf8[i]);
    const bool c1 =
        octet == 0xc2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xa0;
    if (octet < ' ' || octet == 0x7f) utf8[i] = '?';
    if (c1) utf8.replace(i, 2, "?");
  }
  return utf8;
}

void write_message_report(std::ostream& out, std::string_view title, const Structure& structure) {
  const std::vector<std::string> numbers = part_numbers(structure);
  out << fmt::format("{}: {} octets, {} {}, {} {}\n\n", title, with_separators(structure.size),
                     with_separators(structure.parts.size()),
                     structure.parts.size() == 1 ? "part" : "parts",
                     with_separators(structure.defects.size()),
                     structure.defects.size() == 1 ? "defect" : "defects");
  write_tree(out, structure, numbers);
  if (structure.defects.empty()) return;
  out << "\nDefects, by the octet where they stand:\n";
  for (const mime::Defect& defect : structure.defects) {
    const std::string& number = numbers[defect.part];
    out << fmt::format("  {}, {}: {} ({})\n", with_separators(defect.offset),
                       number.empty() ? "message" : "part " + number, describe(defect.kind),
                       name_of(defect.kind));
  }
}

}  // namespace mailkeep::server
