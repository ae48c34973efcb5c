#include "protocol/imap/search/search_key_parser.h"

#include <cctype>
#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "mime/text/charset.h"

namespace mailkeep::imap {
namespace {

using store::DateOf;
using store::DateRelation;

template <class Key>
SearchKey make(Key key) {
  SearchKey result;
  result.key = std::move(key);
  return result;
}

SearchKey flags(store::FlagBits set, store::FlagBits clear) {
  return make(store::SearchFlags{set, clear});
}

// The keys without arguments.
struct Word {
  std::string_view name;
  SearchKey (*make_key)();
};
constexpr Word kWords[] = {
    {"ALL", [] { return make(store::SearchAll{}); }},
    {"ANSWERED", [] { return flags(store::flag::answered, 0); }},
    {"DELETED", [] { return flags(store::flag::deleted, 0); }},
    {"DRAFT", [] { return flags(store::flag::draft, 0); }},
    {"FLAGGED", [] { return flags(store::flag::flagged, 0); }},
    {"SEEN", [] { return flags(store::flag::seen, 0); }},
    {"UNANSWERED", [] { return flags(0, store::flag::answered); }},
    {"UNDELETED", [] { return flags(0, store::flag::deleted); }},
    {"UNDRAFT", [] { return flags(0, store::flag::draft); }},
    {"UNFLAGGED", [] { return flags(0, store::flag::flagged); }},
    {"UNSEEN", [] { return flags(0, store::flag::seen); }},
    {"RECENT", [] { return make(SearchRecent{true}); }},
    {"OLD", [] { return make(SearchRecent{false}); }},
    {"NEW",
     [] {
       SearchKeyAnd both;
       both.operands.push_back(make(SearchRecent{true}));
       both.operands.push_back(flags(0, store::flag::seen));
       return make(std::move(both));
     }},
};

struct DateKey {
  std::string_view name;
  DateOf date;
  DateRelation relation;
};
constexpr DateKey kDates[] = {
    {"BEFORE", DateOf::internal_date, DateRelation::before},
    {"ON", DateOf::internal_date, DateRelation::on},
    {"SINCE", DateOf::internal_date, DateRelation::since},
    {"SENTBEFORE", DateOf::sent, DateRelation::before},
    {"SENTON", DateOf::sent, DateRelation::on},
    {"SENTSINCE", DateOf::sent, DateRelation::since},
};
// RFC 8514 4.3
constexpr DateKey kSaveDates[] = {
    {"SAVEDBEFORE", DateOf::saved, DateRelation::before},
    {"SAVEDON", DateOf::saved, DateRelation::on},
    {"SAVEDSINCE", DateOf::saved, DateRelation::since},
};

constexpr std::string_view kAddressKeys[] = {"BCC", "CC", "FROM", "TO"};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

Parsed<SearchKey> SearchKeyParser::keys() {
  SearchKeyAnd all;
  do {
    auto next = key();
    if (!next) return next;
    all.operands.push_back(std::move(*next));
  } while (decoder_.accept(' '));
  if (all.operands.size() == 1) return std::move(all.operands.front());
  return make(std::move(all));
}

Parsed<SearchKey> SearchKeyParser::key() {
  if (++count_ > kMaxSearchKeys) return decoder_.fail("too many search keys");
  if (depth_ >= kMaxSearchDepth) return decoder_.fail("search keys nested too deep");
  if (decoder_.peek() == '(') return group();
  const char c = decoder_.peek();
  if ((c >= '0' && c <= '9') || c == '*' || c == '$') {
    if (c != '$') {
      if (auto ok = decoder_.allow_numbers(); !ok) return std::unexpected(ok.error());
    }
    auto set = decoder_.sequence_set();
    if (!set) return std::unexpected(set.error());
    return make(SearchSet{std::move(*set), false});
  }
  const SyntaxError unknown = decoder_.error("unknown search key");
  const auto atom = decoder_.atom();
  if (!atom) return std::unexpected(unknown);
  auto result = named(upper(*atom));
  if (!result && result.error().text.empty()) return std::unexpected(unknown);
  return result;
}

Parsed<SearchKey> SearchKeyParser::group() {
  if (auto ok = decoder_.expect('('); !ok) return std::unexpected(ok.error());
  ++depth_;
  auto inner = keys();
  --depth_;
  if (!inner) return inner;
  if (auto ok = decoder_.expect(')'); !ok) return std::unexpected(ok.error());
  return inner;
}

// An error without text means that there is no such key.
Parsed<SearchKey> SearchKeyParser::named(const std::string& name) {
  for (const Word& word : kWords) {
    if (word.name == name) return word.make_key();
  }
  for (const DateKey& entry : kDates) {
    if (entry.name == name) return date(entry.date, entry.relation);
  }
  for (const std::string_view field : kAddressKeys) {
    if (field == name) return header(name, true);
  }
  if (name == "SUBJECT") return header(name, false);
  if (name == "BODY") return text(false);
  if (name == "TEXT") return text(true);
  if (name == "KEYWORD") return keyword(true);
  if (name == "UNKEYWORD") return keyword(false);
  if (name == "LARGER") return size(true);
  if (name == "SMALLER") return size(false);
  if (name == "UID") return uids();
  if (name == "NOT") return negation();
  if (name == "OR") return alternative();
  if (name == "MODSEQ" && decoder_.allows(Capability::condstore)) return modseq();
  if (name == "HEADER") {
    auto field = argument();
    if (!field) return std::unexpected(field.error());
    return header(std::move(*field), false);
  }
  return named_extension(name);
}

Parsed<SearchKey> SearchKeyParser::named_extension(const std::string& name) {
  const auto is = [&](std::string_view key, Capability capability) {
    return name == key && decoder_.allows(capability);
  };
  if (is("OLDER", Capability::within)) return age(true);
  if (is("YOUNGER", Capability::within)) return age(false);
  if (is("EMAILID", Capability::object_id)) return object_id(false);
  if (is("THREADID", Capability::object_id)) return object_id(true);
  if (is("FILTER", Capability::filters)) return filter();
  if (is("FUZZY", Capability::search_fuzzy)) return fuzzy();
  // Known whether or not there is a limit, unless MESSAGELIMIT is turned off.
  if (is("UIDAFTER", Capability::message_limit)) return uids_beyond(true);
  if (is("UIDBEFORE", Capability::message_limit)) return uids_beyond(false);
  if (decoder_.allows(Capability::save_date)) {
    for (const DateKey& entry : kSaveDates) {
      if (entry.name == name) return date(entry.date, entry.relation);
    }
    // Every mailbox keeps save dates (RFC 8514 4.3).
    if (name == "SAVEDATESUPPORTED") return make(store::SearchAll{});
  }
  return std::unexpected(SyntaxError{});
}

// "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer (RFC 7162 7). What entry
// changed is not kept: the mod-sequence is the message's.
Parsed<SearchKey> SearchKeyParser::modseq() {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  if (decoder_.peek() == '"') {
    if (auto entry = decoder_.string(); !entry) return std::unexpected(entry.error());
    if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
    if (!decoder_.accept_word("priv") && !decoder_.accept_word("shared") &&
        !decoder_.accept_word("all")) {
      return decoder_.fail("expected priv, shared or all");
    }
    if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  }
  auto value = decoder_.number64();
  if (!value) return std::unexpected(value.error());
  uses_modseq_ = true;
  return make(store::SearchModseq{store::Modseq{*value}});
}

Parsed<SearchKey> SearchKeyParser::negation() {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  ++depth_;
  auto operand = key();
  --depth_;
  if (!operand) return operand;
  return make(SearchKeyNot{std::make_unique<SearchKey>(std::move(*operand))});
}

Parsed<SearchKey> SearchKeyParser::alternative() {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  ++depth_;
  auto left = key();
  if (!left) return left;
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  auto right = key();
  --depth_;
  if (!right) return right;
  return make(SearchKeyOr{std::make_unique<SearchKey>(std::move(*left)),
                          std::make_unique<SearchKey>(std::move(*right))});
}

Parsed<SearchKey> SearchKeyParser::header(std::string field, bool in_addresses) {
  auto needle = argument();
  if (!needle) return std::unexpected(needle.error());
  store::SearchHeader wanted{std::move(field), std::move(*needle)};
  wanted.in_addresses = in_addresses;
  return make(std::move(wanted));
}

Parsed<SearchKey> SearchKeyParser::text(bool with_headers) {
  auto needle = argument();
  if (!needle) return std::unexpected(needle.error());
  return make(store::SearchText{with_headers, std::move(*needle)});
}

Parsed<SearchKey> SearchKeyParser::keyword(bool set) {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  const auto name = decoder_.atom();
  if (!name) return std::unexpected(name.error());
  return make(store::SearchKeyword{std::string(*name), set});
}

Parsed<SearchKey> SearchKeyParser::date(DateOf date, DateRelation relation) {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  const auto day = decoder_.date();
  if (!day) return std::unexpected(day.error());
  return make(store::SearchDate{date, relation, *day});
}

Parsed<SearchKey> SearchKeyParser::size(bool larger) {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  const auto octets = decoder_.number64();
  if (!octets) return std::unexpected(octets.error());
  return make(store::SearchSize{larger, *octets});
}

Parsed<SearchKey> SearchKeyParser::uids() {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  auto set = decoder_.sequence_set();
  if (!set) return std::unexpected(set.error());
  return make(SearchSet{std::move(*set), true});
}

// ("UIDAFTER" / "UIDBEFORE") SP uniqueid (RFC 9738 3.2)
Parsed<SearchKey> SearchKeyParser::uids_beyond(bool after) {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  const auto uid = decoder_.nz_number();
  if (!uid) return std::unexpected(uid.error());
  SequenceSet set;  // empty: nothing is beyond
  if (after && *uid != UINT32_MAX) set.add({*uid + 1, UINT32_MAX});
  if (!after && *uid != 1) set.add({1, *uid - 1});
  return make(SearchSet{std::move(set), true});
}

// ("OLDER" / "YOUNGER") SP nz-number (RFC 5032 3)
Parsed<SearchKey> SearchKeyParser::age(bool older) {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  const auto seconds = decoder_.nz_number();
  if (!seconds) return std::unexpected(seconds.error());
  return make(SearchAge{older, *seconds});
}

// ("EMAILID" / "THREADID") SP objectid (RFC 8474 7)
Parsed<SearchKey> SearchKeyParser::object_id(bool thread) {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  const auto id = decoder_.atom();
  if (!id) return std::unexpected(id.error());
  return make(SearchObjectId{thread, std::string(*id)});
}

// "FILTER" SP filter-name; 1*<any ATOM-CHAR except "/"> (RFC 5466 4)
Parsed<SearchKey> SearchKeyParser::filter() {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  const SyntaxError wrong = decoder_.error("expected the name of a filter");
  const auto name = decoder_.atom();
  if (!name || name->find('/') != std::string_view::npos) return std::unexpected(wrong);
  uses_filters_ = true;
  return make(SearchFilter{std::string(*name)});
}

// "FUZZY" SP search-key (RFC 6203 7)
Parsed<SearchKey> SearchKeyParser::fuzzy() {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  ++depth_;
  auto operand = key();
  --depth_;
  if (!operand) return operand;
  uses_fuzzy_ = true;
  return make(SearchFuzzy{std::make_unique<SearchKey>(std::move(*operand))});
}

Parsed<std::string> SearchKeyParser::argument() {
  if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
  auto value = decoder_.astring();
  if (!value) return value;
  return mime::to_utf8(*value, charset_);
}

namespace {

Parsed<void> parse_keys(Decoder& decoder, SearchProgram& program) {
  SearchKeyParser parser(decoder, program.charset);
  auto key = parser.keys();
  if (!key) return std::unexpected(key.error());
  program.key = std::move(*key);
  program.uses_modseq = parser.uses_modseq();
  program.uses_fuzzy = parser.uses_fuzzy();
  program.uses_filters = parser.uses_filters();
  return decoder.end();
}

// The charset, a SP, and the keys.
Parsed<void> parse_charset_and_keys(Decoder& decoder, SearchProgram& program) {
  auto charset = decoder.astring();
  if (!charset) return std::unexpected(charset.error());
  program.charset = std::move(*charset);
  program.known_charset = mime::is_known_charset(program.charset);
  if (!program.known_charset) return {};  // its strings cannot be read
  if (auto ok = decoder.sp(); !ok) return ok;
  return parse_keys(decoder, program);
}

}  // namespace

Parsed<SearchProgram> parse_search_program(Decoder& decoder) {
  SearchProgram program;
  Parsed<void> parsed;
  if (decoder.accept_word("CHARSET")) {
    parsed = decoder.sp();
    if (parsed) parsed = parse_charset_and_keys(decoder, program);
  } else {
    parsed = parse_keys(decoder, program);
  }
  if (!parsed) return std::unexpected(parsed.error());
  return program;
}

Parsed<SearchProgram> parse_sorted_program(Decoder& decoder) {
  SearchProgram program;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  if (auto ok = parse_charset_and_keys(decoder, program); !ok) return std::unexpected(ok.error());
  return program;
}

}  // namespace mailkeep::imap
