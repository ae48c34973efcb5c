#include "fetch_grammar.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace mailkeep::imap {
namespace {

struct GrammarError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// Terminals (RFC 9051 9).
class Wire {
 public:
  explicit Wire(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  std::string_view since(std::size_t begin) const { return text_.substr(begin, at_ - begin); }
  bool ended() const { return at_ == text_.size(); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  [[noreturn]] void fail(const std::string& what) const {
    throw GrammarError(what + " at octet " + std::to_string(at_) + ": " +
                       std::string(text_.substr(at_ < 40 ? 0 : at_ - 40, 80)));
  }
  bool accept(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  void expect(std::string_view wanted) {
    if (!accept(wanted)) fail("expected " + std::string(wanted));
  }

  std::uint64_t number(std::uint64_t below) {
    const std::size_t begin = at_;
    std::uint64_t value = 0;
    while (std::isdigit(static_cast<unsigned char>(peek())) != 0 && at_ - begin < 19) {
      value = value * 10 + static_cast<std::uint64_t>(text_[at_++] - '0');
    }
    if (at_ == begin) fail("expected a number");
    if (value >= below) fail("number too large");
    return value;
  }
  std::uint64_t number32() { return number(std::uint64_t{1} << 32); }

  std::string string() {
    if (accept("\"")) return quoted();
    if (accept("{")) return literal(false);
    fail("expected a string");
  }
  // RFC 3516 7: nstring / literal8
  NString nstring_or_literal8() {
    if (accept("~{")) return literal(true);
    return nstring();
  }
  NString nstring() {
    if (accept("NIL")) return std::nullopt;
    return string();
  }

  // Up to the next of `ends`.
  std::string word(std::string_view ends) {
    const std::size_t end = text_.find_first_of(ends, at_);
    if (end == std::string_view::npos || end == at_) fail("expected a word");
    std::string word(text_.substr(at_, end - at_));
    at_ = end;
    return word;
  }

 private:
  std::string quoted() {
    std::string value;
    for (;;) {
      if (ended()) fail("a quoted string does not end");
      const auto c = static_cast<unsigned char>(text_[at_++]);
      if (c == '"') return value;
      if (c == 0 || c == '\r' || c == '\n' || c > 0x7f) fail("not in a quoted string");
      if (c != '\\') {
        value += static_cast<char>(c);
        continue;
      }
      if (peek() != '"' && peek() != '\\') fail("a backslash before what is not special");
      value += text_[at_++];
    }
  }
  std::string literal(bool may_hold_nul) {
    const std::uint64_t octets = number(std::uint64_t{1} << 32);
    expect("}\r\n");
    if (text_.size() - at_ < octets) fail("a literal is cut");
    std::string value(text_.substr(at_, octets));
    if (!may_hold_nul && value.find('\0') != std::string::npos) fail("NUL in a literal");
    at_ += octets;
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class FetchReader {
 public:
  FetchReader(std::string_view response, Revision revision)
      : wire_(response), revision_(revision) {}

  ReadFetch read() {
    ReadFetch fetch;
    wire_.expect("* ");
    fetch.sequence = wire_.number32();
    if (fetch.sequence == 0) wire_.fail("sequence number 0");
    wire_.expect(" FETCH (");
    do {
      item(fetch);
    } while (wire_.accept(" "));
    wire_.expect(")\r\n");
    if (!wire_.ended()) wire_.fail("something follows");
    return fetch;
  }

 private:
  void item(ReadFetch& fetch) {
    if (wire_.accept("UID ")) {
      fetch.uid = wire_.number32();
    } else if (wire_.accept("RFC822.SIZE ")) {
      fetch.size = wire_.number(revision_ == Revision::rev2 ? std::uint64_t{1} << 63
                                                            : std::uint64_t{1} << 32);
    } else if (wire_.accept("ENVELOPE ")) {
      fetch.envelope = envelope();
    } else if (wire_.accept("BODYSTRUCTURE ")) {
      fetch.body_structure = body(true);
    } else if (wire_.accept("BODY ")) {
      fetch.body = body(false);
    } else if (wire_.accept("BODY[")) {
      const std::string name = section("BODY[", true);
      add(fetch, name, wire_.nstring());
    } else if (wire_.accept("BINARY[")) {
      const std::string name = section("BINARY[", true);
      add(fetch, name, wire_.nstring_or_literal8());
    } else if (wire_.accept("BINARY.SIZE[")) {
      const std::string name = section("BINARY.SIZE[", false);
      add(fetch, name, std::to_string(wire_.number(std::uint64_t{1} << 32)));
    } else if (wire_.accept("PREVIEW ")) {
      add(fetch, "PREVIEW", wire_.nstring());
    } else {
      wire_.fail("unknown item");
    }
  }

  // The rest of a section's name behind its bracket, and the space.
  std::string section(std::string name, bool may_be_partial) {
    if (wire_.peek() != ']') name += wire_.word("]");
    wire_.expect("]");
    name += ']';
    if (may_be_partial && wire_.accept("<")) {
      name += '<' + std::to_string(wire_.number32()) + '>';
      wire_.expect(">");
    }
    wire_.expect(" ");
    return name;
  }

  void add(ReadFetch& fetch, const std::string& name, NString value) {
    if (!fetch.sections.emplace(name, std::move(value)).second) wire_.fail("an item twice");
  }

  // address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
  std::vector<ReadAddress> addresses() {
    std::vector<ReadAddress> list;
    if (wire_.accept("NIL")) return list;
    wire_.expect("(");
    bool in_group = false;
    do {
      wire_.expect("(");
      ReadAddress address;
      address.name = wire_.nstring();
      wire_.expect(" ");
      address.route = wire_.nstring();
      wire_.expect(" ");
      address.mailbox = wire_.nstring();
      wire_.expect(" ");
      address.host = wire_.nstring();
      wire_.expect(")");
      if (!address.host) {
        if (address.mailbox.has_value() == in_group) wire_.fail("groups do not match");
        in_group = address.mailbox.has_value();
      } else if (!address.mailbox) {
        wire_.fail("an address without a mailbox");
      }
      list.push_back(std::move(address));
    } while (wire_.peek() == '(');
    if (in_group) wire_.fail("a group does not end");
    wire_.expect(")");
    return list;
  }

  ReadEnvelope envelope() {
    ReadEnvelope e;
    wire_.expect("(");
    e.date = wire_.nstring();
    wire_.expect(" ");
    e.subject = wire_.nstring();
    for (auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) {
      wire_.expect(" ");
      *list = addresses();
    }
    wire_.expect(" ");
    e.in_reply_to = wire_.nstring();
    wire_.expect(" ");
    e.message_id = wire_.nstring();
    wire_.expect(")");
    return e;
  }

  // body-fld-param
  std::vector<std::pair<std::string, std::string>> parameters() {
    std::vector<std::pair<std::string, std::string>> list;
    if (wire_.accept("NIL")) return list;
    wire_.expect("(");
    do {
      std::string name = wire_.string();
      wire_.expect(" ");
      list.emplace_back(std::move(name), wire_.string());
    } while (wire_.accept(" "));
    wire_.expect(")");
    return list;
  }

  // [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]; we always write all of them.
  void extension_end() {
    wire_.expect(" ");
    if (!wire_.accept("NIL")) {
      wire_.expect("(");
      wire_.string();
      wire_.expect(" ");
      parameters();
      wire_.expect(")");
    }
    wire_.expect(" ");
    if (wire_.accept("(")) {
      do {
        wire_.string();
      } while (wire_.accept(" "));
      wire_.expect(")");
    } else {
      wire_.nstring();
    }
    wire_.expect(" ");
    wire_.nstring();
  }

  ReadBody body(bool extended) {
    wire_.expect("(");
    ReadBody part = wire_.peek() == '(' ? multipart(extended) : single(extended);
    wire_.expect(")");
    return part;
  }

  // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
  ReadBody multipart(bool extended) {
    ReadBody part;
    part.kind = BodyKind::multipart;
    part.type = "multipart";
    while (wire_.peek() == '(') part.children.push_back(body(extended));
    const std::size_t begin = wire_.at();
    wire_.expect(" ");
    part.subtype = wire_.string();
    part.basic_data = wire_.since(begin);
    if (wire_.peek() == ')') return part;
    part.extended = true;
    wire_.expect(" ");
    part.parameters = parameters();
    extension_end();
    return part;
  }

  ReadBody single(bool extended) {
    ReadBody part;
    const std::size_t begin = wire_.at();
    part.type = wire_.string();
    wire_.expect(" ");
    part.subtype = wire_.string();
    const std::string type = upper(part.type);
    const std::string subtype = upper(part.subtype);
    if (type == "TEXT") part.kind = BodyKind::text;
    if (type == "MESSAGE" && (subtype == "RFC822" || subtype == "GLOBAL")) {
      part.kind = BodyKind::message;
    }
    if (type == "MULTIPART" || type.empty() || subtype.empty()) wire_.fail("not a media type");
    fields(part);
    part.basic_data = wire_.since(begin);
    if (part.kind == BodyKind::message) {
      wire_.expect(" ");
      part.envelope = envelope();
      wire_.expect(" ");
      part.children.push_back(body(extended));
    }
    if (part.kind != BodyKind::basic) {
      wire_.expect(" ");
      part.lines =
          revision_ == Revision::rev2 ? wire_.number(std::uint64_t{1} << 63) : wire_.number32();
      part.basic_data += ' ' + std::to_string(part.lines);
    }
    if (wire_.peek() == ')') return part;
    part.extended = true;
    wire_.expect(" ");
    wire_.nstring();  // body-fld-md5
    extension_end();
    return part;
  }

  // body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP
  // body-fld-octets
  void fields(ReadBody& part) {
    wire_.expect(" ");
    part.parameters = parameters();
    wire_.expect(" ");
    part.id = wire_.nstring();
    wire_.expect(" ");
    part.description = wire_.nstring();
    wire_.expect(" ");
    part.encoding = wire_.string();
    wire_.expect(" ");
    part.octets = wire_.number32();
  }

  Wire wire_;
  Revision revision_;
};

}  // namespace

std::expected<ReadFetch, std::string> read_fetch(std::string_view response, Revision revision) {
  try {
    return FetchReader(response, revision).read();
  } catch (const GrammarError& error) {
    return std::unexpected(error.what());
  }
}

}  // namespace mailkeep::imap
