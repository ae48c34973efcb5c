#include "server/admin/mbox_fields.h"

#include <array>
#include <charconv>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "mime/header_reader.h"
#include "mime/text/ascii.h"

namespace mailkeep::server {
namespace {

constexpr std::array<std::string_view, 6> kFirstNames{"Status", "X-Status",   "X-Keywords",
                                                      "X-UID",  "X-IMAPbase", "X-UIDL"};
constexpr std::array<std::string_view, 5> kNames{"Status", "X-Status", "X-Keywords", "X-UID",
                                                 "X-UIDL"};

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The next word of `rest`, taken from it; empty at the end.
std::string_view take_word(std::string_view& rest) {
  rest = mime::trim(rest);
  const std::size_t end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

bool is_letters(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

void add_flags(store::FlagSet& flags, std::string_view letters) {
  const auto set = [&](char letter, store::FlagBits flag) {
    if (letters.find(letter) != std::string_view::npos) flags.system |= flag;
  };
  set('R', store::flag::seen);
  set('A', store::flag::answered);
  set('F', store::flag::flagged);
  set('T', store::flag::draft);
  set('D', store::flag::deleted);
}

std::string_view names_at(std::size_t place, bool first) {
  return first ? kFirstNames[place] : kNames[place];
}

}  // namespace

void MboxFields::take(std::string_view name, std::string_view value) {
  const auto is = [&](std::string_view other) { return mime::equal_ignoring_case(name, other); };
  value = mime::trim(value);
  if (is("Status") && is_letters(value, "RO")) add_flags(flags, value);
  if (is("X-Status") && is_letters(value, "AFTD")) add_flags(flags, value);
  if (is("X-Keywords")) {
    for (std::string_view word = take_word(value); !word.empty(); word = take_word(value)) {
      flags.keywords.emplace_back(word);
    }
  }
  if (is("X-UID")) uid = number(take_word(value)).value_or(0);
  if (is("X-UIDL")) pop3_id = take_word(value);
  if (is("X-IMAPbase") || is("X-IMAP")) {
    uid_validity = number(take_word(value)).value_or(0);
    last_uid = number(take_word(value)).value_or(0);
    if (is("X-IMAP")) only_data = true;
  }
}

MboxFields MboxFields::of_header(std::string_view header) {
  MboxFields fields;
  bool says_so = false;
  mime::HeaderReader reader(header);
  while (const auto field = reader.next()) {
    fields.take(field->name, mime::unfold(field->value));
    if (mime::equal_ignoring_case(field->name, "Subject") &&
        field->value.find("FOLDER INTERNAL DATA") != std::string_view::npos) {
      says_so = true;
    }
  }
  fields.only_data = fields.only_data && says_so;
  return fields;
}

std::string make_mbox_fields(const MboxFields& fields, bool first, std::string_view line_end) {
  const store::FlagBits flags = fields.flags.system;
  std::string letters;
  if ((flags & store::flag::answered) != 0) letters += 'A';
  if ((flags & store::flag::flagged) != 0) letters += 'F';
  if ((flags & store::flag::draft) != 0) letters += 'T';
  if ((flags & store::flag::deleted) != 0) letters += 'D';
  std::string keywords;
  for (const std::string& keyword : fields.flags.keywords) {
    if (!keywords.empty()) keywords += ' ';
    keywords += keyword;
  }
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append(line_end);
  };
  add("Status", (flags & store::flag::seen) != 0 ? "RO" : "O");
  add("X-Status", letters);
  add("X-Keywords", keywords);
  add("X-UID", std::to_string(fields.uid));
  if (first) add("X-IMAPbase", fmt::format("{} {:010}", fields.uid_validity, fields.last_uid));
  add("X-UIDL", fields.pop3_id);
  return text;
}

bool is_exported_line(std::string_view line, std::size_t place, bool first) {
  if (place >= exported_lines(first)) return false;
  const std::string_view name = names_at(place, first);
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(": ")) return false;
  const std::string_view value = mime::trim(line.substr(name.size() + 2));
  if (name == "Status") return is_letters(value, "RO");
  if (name == "X-Status") return is_letters(value, "AFTD");
  if (name == "X-UID") return number(value).has_value();
  return true;
}

}  // namespace mailkeep::server
