#include "mime/parameters.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "mime/text/ascii.h"
#include "mime/text/extended_value.h"

namespace mailkeep::mime {
namespace {

struct RawParameter {
  std::string name;
  std::string value;
};

bool is_name_char(char c) {
  return !is_line_space(c) && c != '=' && c != ';' && c != ',' && c != '"';
}

// Whether `text` starts with `name =`, so that white space before it separates two parameters.
bool starts_parameter(std::string_view text) {
  std::size_t name = 0;
  while (name < text.size() && is_token_char(text[name])) ++name;
  std::size_t equals = name;
  while (equals < text.size() && is_space(text[equals])) ++equals;
  return name > 0 && equals < text.size() && text[equals] == '=';
}

std::size_t size_of_word(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] != ';' && !is_space(text[size])) ++size;
  return size;
}

// An unquoted value: up to ';', or to white space that the next parameter or a comment follows.
std::string_view unquoted_value(FieldScanner& scanner, bool& malformed) {
  const std::string_view text = scanner.rest();
  std::size_t end = size_of_word(text);
  std::size_t next = end;
  while (next < text.size() && text[next] != ';') {
    while (next < text.size() && is_space(text[next])) ++next;
    const std::string_view following = text.substr(next);
    if (following.empty() || following.front() == ';' || following.front() == '(') break;
    if (starts_parameter(following)) break;
    malformed = true;
    next += size_of_word(following);
    end = next;
  }
  scanner.move_to(text.substr(end));
  std::string_view value = text.substr(0, end);
  if (value.ends_with(',')) value.remove_suffix(1);
  return value;
}

std::string parse_value(FieldScanner& scanner, bool& malformed) {
  scanner.skip_space();
  std::string value;
  if (scanner.quoted_string(value)) {
    // Anything stuck to the closing quote belongs to nothing.
    const auto junk =
        scanner.take_while([](char c) { return !is_space(c) && c != ';' && c != ',' && c != '('; });
    if (!junk.empty()) malformed = true;
    return value;
  }
  if (scanner.at('"')) {
    malformed = true;
    scanner.skip();
    const auto text = scanner.take_while([](char c) { return c != ';'; });
    return std::string(trim(text));
  }
  return std::string(unquoted_value(scanner, malformed));
}

// One `name=value`, or nothing if what stands there is something else, which is passed over.
std::optional<RawParameter> parse_parameter(FieldScanner& scanner, bool& malformed) {
  RawParameter parameter;
  parameter.name = scanner.take_while(is_name_char);
  scanner.skip_space();
  if (scanner.at('=') && !parameter.name.empty()) {
    scanner.skip();
    parameter.value = parse_value(scanner, malformed);
    return parameter;
  }
  malformed = true;
  if (parameter.name.empty() && !scanner.at_end()) {
    std::string ignored;
    if (!scanner.quoted_string(ignored)) scanner.skip();
  }
  return std::nullopt;
}

// RFC 2231 3: `name*12` or `name*12*`; also `name*`, which is an extended value of one section.
struct Section {
  std::size_t index;      // of the raw parameter
  std::string_view base;  // the name without its number
  std::uint32_t number;
  bool extended;
};

std::optional<Section> section_of(std::string_view name, std::size_t index) {
  Section section{index, name, 0, false};
  if (name.ends_with('*')) {
    section.extended = true;
    name.remove_suffix(1);
  }
  const std::size_t star = name.rfind('*');
  if (star == std::string_view::npos && section.extended && !name.empty()) {
    section.base = name;
    return section;
  }
  if (star == std::string_view::npos || star == 0) return std::nullopt;
  const std::string_view digits = name.substr(star + 1);
  if (digits.empty() || digits.size() > 6 || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  std::from_chars(digits.data(), digits.data() + digits.size(), section.number);
  section.base = name.substr(0, star);
  return section;
}

bool less_ignoring_case(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return to_lower(x) < to_lower(y); });
}

// A plain section of an otherwise extended value, written as an extended one.
void append_percent_encoded(std::string_view value, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : value) {
    if (is_token_char(c) && !is_eight_bit(c) && c != '%' && c != '\'' && c != '*') {
      out.push_back(c);
    } else {
      const auto octet = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kDigits[octet >> 4]);
      out.push_back(kDigits[octet & 15]);
    }
  }
}

// Joins sections of one name with the numbers 0, 1, 2, ...
RawParameter join(const std::vector<RawParameter>& raw, const std::vector<Section>& sections) {
  const bool extended = std::any_of(sections.begin(), sections.end(),
                                    [](const Section& section) { return section.extended; });
  RawParameter joined{std::string(sections.front().base), {}};
  if (extended) {
    joined.name += '*';
    if (!sections.front().extended) joined.value = "''";
  }
  for (const Section& section : sections) {
    const std::string& value = raw[section.index].value;
    if (extended && !section.extended) {
      append_percent_encoded(value, joined.value);
    } else {
      joined.value += value;
    }
  }
  return joined;
}

std::vector<RawParameter> join_continuations(std::vector<RawParameter> raw) {
  std::vector<Section> sections;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i].name.find('*') == std::string::npos) continue;
    if (const auto section = section_of(raw[i].name, i)) sections.push_back(*section);
  }
  if (sections.empty()) return raw;
  std::sort(sections.begin(), sections.end(), [](const Section& a, const Section& b) {
    if (!equal_ignoring_case(a.base, b.base)) return less_ignoring_case(a.base, b.base);
    return std::pair(a.number, a.index) < std::pair(b.number, b.index);
  });

  // The first of each number, up to the first gap, is joined; any other stays as it is.
  std::vector<bool> used(raw.size(), false);
  std::vector<RawParameter> joined;
  for (std::size_t first = 0; first < sections.size();) {
    std::vector<Section> run;
    std::size_t last = first;
    for (; last < sections.size(); ++last) {
      if (!equal_ignoring_case(sections[last].base, sections[first].base)) break;
      if (sections[last].number != run.size()) continue;
      used[sections[last].index] = true;
      run.push_back(sections[last]);
    }
    if (!run.empty()) joined.push_back(join(raw, run));
    first = last;
  }

  std::vector<RawParameter> result;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (!used[i]) result.push_back(std::move(raw[i]));
  }
  std::move(joined.begin(), joined.end(), std::back_inserter(result));
  return result;
}

}  // namespace

ParameterList parse_parameters(FieldScanner& scanner, ValueKeeper& keeper) {
  ParameterList list;
  std::vector<RawParameter> raw;
  for (;;) {
    std::size_t separators = 0;
    scanner.skip_space();
    while (scanner.at(';') || scanner.at(',')) {
      scanner.skip();
      scanner.skip_space();
      ++separators;
    }
    if (scanner.at_end()) break;
    if (separators != 1) list.malformed = true;
    if (raw.size() == keeper.limits().parameters) {
      list.limited = true;
      break;
    }
    if (auto parameter = parse_parameter(scanner, list.malformed)) {
      raw.push_back(std::move(*parameter));
    }
  }
  raw = join_continuations(std::move(raw));
  list.parameters.reserve(raw.size());
  for (const RawParameter& parameter : raw) {
    if (!keeper.take_value()) {
      list.limited = true;
      break;
    }
    const std::string_view name = keeper.keep(parameter.name);
    if (!name.empty()) list.parameters.push_back({name, keeper.keep(parameter.value)});
  }
  return list;
}

std::optional<std::string> boundary_of(const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) {
    std::string boundary;
    if (equal_ignoring_case(parameter.name, "boundary")) {
      boundary = parameter.value;
    } else if (equal_ignoring_case(parameter.name, "boundary*")) {
      boundary = decode_extended_value(parameter.value).octets;
    }
    boundary.erase(trim_right(boundary).size());
    if (!boundary.empty()) return boundary;
  }
  return std::nullopt;
}

}  // namespace mailkeep::mime
