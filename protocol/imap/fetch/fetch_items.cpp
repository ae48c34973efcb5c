#include "protocol/imap/fetch/fetch_items.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mailkeep::imap {
namespace {

struct SectionWord {
  std::string_view name;
  SectionText text;
};
// The longer words first: accept_word takes whole atoms, but '.' is an atom character.
constexpr SectionWord kSectionWords[] = {
    {"HEADER.FIELDS.NOT", SectionText::header_fields_not},
    {"HEADER.FIELDS", SectionText::header_fields},
    {"HEADER", SectionText::header},
    {"TEXT", SectionText::text},
    {"MIME", SectionText::mime},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// header-list = "(" header-fld-name *(SP header-fld-name) ")"
Parsed<void> parse_header_list(Decoder& decoder, Section& section) {
  if (auto ok = decoder.sp(); !ok) return ok;
  if (auto ok = decoder.expect('('); !ok) return ok;
  do {
    auto field = decoder.astring();
    if (!field) return std::unexpected(field.error());
    section.fields.push_back(std::move(*field));
    if (section.fields.size() > kMaxHeaderFields) return decoder.fail("too many header fields");
  } while (decoder.accept(' '));
  return decoder.expect(')');
}

// section-part = nz-number *("." nz-number), and what follows it. Gives whether a word is to
// follow.
Parsed<bool> parse_section_part(Decoder& decoder, Section& section) {
  while (is_digit(decoder.peek())) {
    auto number = decoder.nz_number();
    if (!number) return std::unexpected(number.error());
    section.part.push_back(*number);
    if (section.part.size() > kMaxPartDepth) return decoder.fail("section too deep");
    if (!decoder.accept('.')) return false;
  }
  return true;
}

// section = "[" [section-spec] "]" (RFC 9051 9), from after its first bracket
Parsed<Section> parse_section(Decoder& decoder) {
  if (decoder.accept(']')) return Section{};
  auto section = parse_section_spec(decoder);
  if (!section) return section;
  if (auto ok = decoder.expect(']'); !ok) return std::unexpected(ok.error());
  return section;
}
// partial = "<" number "." nz-number ">"
Parsed<std::optional<PartialRange>> parse_partial(Decoder& decoder) {
  if (!decoder.accept('<')) return std::optional<PartialRange>{};
  const auto offset = decoder.number();
  if (!offset) return std::unexpected(offset.error());
  if (auto ok = decoder.expect('.'); !ok) return std::unexpected(ok.error());
  const auto octets = decoder.nz_number();
  if (!octets) return std::unexpected(octets.error());
  if (auto ok = decoder.expect('>'); !ok) return std::unexpected(ok.error());
  return std::optional<PartialRange>{{*offset, *octets}};
}

Parsed<void> parse_body(Decoder& decoder, FetchItems& items, bool peek) {
  auto section = parse_section(decoder);
  if (!section) return std::unexpected(section.error());
  auto partial = parse_partial(decoder);
  if (!partial) return std::unexpected(partial.error());
  items.bodies.push_back({std::move(*section), *partial, {}});
  if (!peek) items.sets_seen = true;
  if (items.bodies.size() > kMaxBodyItems) return decoder.fail("too many body sections");
  return {};
}

// "BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary (RFC 3516 7), from
// after the bracket: section-binary has numbers only.
Parsed<void> parse_binary(Decoder& decoder, FetchItems& items, BodyForm form, bool peek) {
  BodyItem item;
  item.form = form;
  if (is_digit(decoder.peek())) {
    const auto word_follows = parse_section_part(decoder, item.section);
    if (!word_follows) return std::unexpected(word_follows.error());
    if (*word_follows) return decoder.fail("expected a part number");
  }
  if (auto ok = decoder.expect(']'); !ok) return ok;
  if (form == BodyForm::binary) {
    const auto partial = parse_partial(decoder);
    if (!partial) return std::unexpected(partial.error());
    item.partial = *partial;
  }
  items.bodies.push_back(std::move(item));
  if (!peek) items.sets_seen = true;
  if (items.bodies.size() > kMaxBodyItems) return decoder.fail("too many body sections");
  return {};
}

// "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"] (RFC 8970 6), from after the word. A list
// that begins with anything but LAZY belongs to the FETCH.
void parse_preview(Decoder& decoder, FetchItems& items) {
  items.preview = true;
  decoder.accept_prefix(" (LAZY)");
}

void add_rfc822(FetchItems& items, std::string_view name, SectionText text, bool peek) {
  BodyItem item;
  item.section.text = text;
  item.name = name;
  items.bodies.push_back(std::move(item));
  if (!peek) items.sets_seen = true;
}

// Sets an item without arguments. False: there is none of that name.
bool parse_plain_item(Decoder& decoder, FetchItems& items) {
  constexpr auto kAlways = Capability::imap4rev1;
  static constexpr std::tuple<std::string_view, bool FetchItems::*, Capability> kItems[] = {
      {"FLAGS", &FetchItems::flags, kAlways},
      {"UID", &FetchItems::uid, kAlways},
      {"INTERNALDATE", &FetchItems::internal_date, kAlways},
      {"RFC822.SIZE", &FetchItems::size, kAlways},
      {"ENVELOPE", &FetchItems::envelope, kAlways},
      {"BODYSTRUCTURE", &FetchItems::body_structure, kAlways},
      {"MODSEQ", &FetchItems::modseq, Capability::condstore},
      {"SAVEDATE", &FetchItems::save_date, Capability::save_date},
      {"EMAILID", &FetchItems::email_id, Capability::object_id},
      {"THREADID", &FetchItems::thread_id, Capability::object_id},
  };
  for (const auto& [name, member, capability] : kItems) {
    if (!decoder.accept_word(name, capability)) continue;
    items.*member = true;
    return true;
  }
  return false;
}

// fetch-att (RFC 3501 9)
Parsed<void> parse_item(Decoder& decoder, FetchItems& items) {
  if (parse_plain_item(decoder, items)) return {};
  if (decoder.accept_word("RFC822.HEADER")) {
    add_rfc822(items, "RFC822.HEADER", SectionText::header, true);
    return {};
  }
  if (decoder.accept_word("RFC822.TEXT")) {
    add_rfc822(items, "RFC822.TEXT", SectionText::text, false);
    return {};
  }
  if (decoder.accept_word("RFC822")) {
    add_rfc822(items, "RFC822", SectionText::all, false);
    return {};
  }
  if (decoder.accept_prefix("BODY.PEEK[")) return parse_body(decoder, items, true);
  if (decoder.accept_prefix("BODY[")) return parse_body(decoder, items, false);
  const bool binary = decoder.allows(Capability::binary);
  if (binary && decoder.accept_prefix("BINARY[")) {
    return parse_binary(decoder, items, BodyForm::binary, false);
  }
  if (binary && decoder.accept_prefix("BINARY.PEEK[")) {
    return parse_binary(decoder, items, BodyForm::binary, true);
  }
  if (binary && decoder.accept_prefix("BINARY.SIZE[")) {
    return parse_binary(decoder, items, BodyForm::binary_size, true);
  }
  if (decoder.accept_word("PREVIEW", Capability::preview)) {
    parse_preview(decoder, items);
    return {};
  }
  if (decoder.accept_word("BODY")) {
    items.body = true;
    return {};
  }
  return decoder.fail("unknown FETCH item");
}

// "ALL" / "FULL" / "FAST"
bool parse_macro(Decoder& decoder, FetchItems& items) {
  const bool full = decoder.accept_word("FULL");
  const bool all = full || decoder.accept_word("ALL");
  if (!all && !decoder.accept_word("FAST")) return false;
  items.flags = items.internal_date = items.size = true;
  items.envelope = all;
  items.body = full;
  return true;
}

}  // namespace

bool FetchItems::needs_flags_only() const {
  const bool of_row = internal_date || size || save_date || email_id || thread_id || preview;
  return !of_row && !needs_structure() && bodies.empty();
}

bool FetchItems::needs_structure() const {
  if (envelope || body || body_structure) return true;
  return std::any_of(bodies.begin(), bodies.end(),
                     [](const BodyItem& item) { return !item.section.part.empty(); });
}

bool FetchItems::needs_header() const {
  return std::any_of(bodies.begin(), bodies.end(), [](const BodyItem& item) {
    return item.section.part.empty() && item.section.text != SectionText::all;
  });
}

// section-spec = section-msgtext / (section-part ["." section-text]) (RFC 9051 9)
Parsed<Section> parse_section_spec(Decoder& decoder) {
  Section section;
  auto word_follows = parse_section_part(decoder, section);
  if (!word_follows) return std::unexpected(word_follows.error());
  if (*word_follows) {
    const auto* word = std::find_if(
        std::begin(kSectionWords), std::end(kSectionWords),
        [&](const SectionWord& candidate) { return decoder.accept_word(candidate.name); });
    if (word == std::end(kSectionWords)) return decoder.fail("unknown section");
    section.text = word->text;
    if (section.text == SectionText::mime && section.part.empty()) {
      return decoder.fail("MIME needs a part number");
    }
    const bool fields = section.text == SectionText::header_fields ||
                        section.text == SectionText::header_fields_not;
    if (fields) {
      if (auto ok = parse_header_list(decoder, section); !ok) return std::unexpected(ok.error());
    }
  }
  return section;
}

Parsed<FetchItems> parse_fetch_items(Decoder& decoder) {
  FetchItems items;
  if (parse_macro(decoder, items)) return items;
  if (!decoder.accept('(')) {
    if (auto ok = parse_item(decoder, items); !ok) return std::unexpected(ok.error());
    return items;
  }
  do {
    if (auto ok = parse_item(decoder, items); !ok) return std::unexpected(ok.error());
  } while (decoder.accept(' '));
  if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  return items;
}

}  // namespace mailkeep::imap
