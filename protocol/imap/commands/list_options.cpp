#include "protocol/imap/commands/list_options.h"

#include <utility>

#include "protocol/imap/commands/metadata.h"

namespace mailkeep::imap {
namespace {

// "(" [option *(SP option)] ")"
template <class ParseOption>
Parsed<void> parse_options(Decoder& decoder, ParseOption parse_option) {
  if (auto open = decoder.expect('('); !open) return open;
  if (decoder.accept(')')) return {};
  do {
    if (Parsed<void> option = parse_option(); !option) return option;
  } while (decoder.accept(' '));
  return decoder.expect(')');
}

// SP "(" entry *(SP entry) ")" (RFC 9590 5)
Parsed<void> parse_metadata(Decoder& decoder, std::vector<std::string>& entries) {
  if (auto space = decoder.sp(); !space) return space;
  if (auto open = decoder.expect('('); !open) return open;
  do {
    auto entry = parse_metadata_entry(decoder);
    if (!entry) return std::unexpected(entry.error());
    if (entries.size() == kMaxMetadataEntries) return decoder.fail("too many entries");
    entries.push_back(std::move(*entry));
  } while (decoder.accept(' '));
  return decoder.expect(')');
}

}  // namespace

// RFC 5258 6 list-select-opts; SPECIAL-USE is RFC 6154 6.
Parsed<ListSelection> parse_list_selection(Decoder& decoder) {
  ListSelection selection;
  const std::size_t begin = decoder.position();
  const auto parsed = parse_options(decoder, [&]() -> Parsed<void> {
    if (decoder.accept_word("SUBSCRIBED")) {
      selection.subscribed = true;
    } else if (decoder.accept_word("SPECIAL-USE", Capability::special_use)) {
      selection.special_use = true;
    } else if (decoder.accept_word("RECURSIVEMATCH")) {
      selection.recursive_match = true;
    } else if (!decoder.accept_word("REMOTE")) {
      return decoder.fail("unknown LIST selection option");
    }
    return {};
  });
  if (!parsed) return std::unexpected(parsed.error());
  if (selection.recursive_match && !selection.subscribed && !selection.special_use) {
    return std::unexpected(SyntaxError{begin, "RECURSIVEMATCH needs another selection option"});
  }
  return selection;
}

ListReturn unasked_return(const Grammar& grammar) {
  ListReturn result;
  result.children = !grammar.disabled.contains(Capability::children);
  result.special_use = !grammar.disabled.contains(Capability::special_use);
  return result;
}

// RFC 5258 6 list-return-opts; STATUS is RFC 5819 4, MYRIGHTS is RFC 8440 5.
Parsed<ListReturn> parse_list_return(Decoder& decoder) {
  ListReturn result = unasked_return(decoder.grammar());
  const auto parsed = parse_options(decoder, [&]() -> Parsed<void> {
    if (decoder.accept_word("SUBSCRIBED")) {
      result.subscribed = true;
    } else if (decoder.accept_word("MYRIGHTS", Capability::list_my_rights)) {
      result.my_rights = true;
    } else if (decoder.accept_word("STATUS", Capability::list_status)) {
      if (auto space = decoder.sp(); !space) return space;
      auto items = parse_status_items(decoder);
      if (!items) return std::unexpected(items.error());
      result.status = std::move(*items);
    } else if (decoder.accept_word("METADATA", Capability::list_metadata)) {
      return parse_metadata(decoder, result.metadata);
    } else if (decoder.accept_word("CHILDREN")) {
      result.children = true;
    } else if (!decoder.accept_word("SPECIAL-USE", Capability::special_use)) {
      return decoder.fail("unknown LIST return option");
    }
    return {};
  });
  if (!parsed) return std::unexpected(parsed.error());
  return result;
}

}  // namespace mailkeep::imap
