#include "fetch_check.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <stdexcept>

#include "fetch_grammar.h"
#include "memory_cursor.h"
#include "protocol/imap/fetch/message_renderer.h"
#include "protocol/pop3/wire/message_lines.h"

namespace mailkeep::imap {
namespace {

// RFC 9051 6.4.5.1: how a part of the structure that was read is addressed.
struct AddressedPart {
  std::string number;
  const ReadBody* body;
};

class Checker {
 public:
  Checker(std::string_view message, std::size_t parts)
      : octets_(message), message_(message), most_parts_(parts), view_(one_message_view()) {
    std::replace(octets_.begin(), octets_.end(), '\0', '\x80');
  }

  std::vector<std::string> check() {
    const auto whole = fetch(
        "(UID RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE PREVIEW BODY.PEEK[] BODY.PEEK[HEADER] "
        "BODY.PEEK[TEXT])");
    if (whole) {
      check_whole(*whole);
      if (whole->body_structure) check_parts(*whole->body_structure);
    }
    check_pop3();
    return std::move(violations_);
  }

 private:
  void expect(bool holds, const std::string& rule) {
    if (!holds) violations_.push_back(rule);
  }

  std::optional<ReadFetch> fetch(const std::string& items_text) {
    Decoder decoder(items_text);
    const auto items = parse_fetch_items(decoder);
    if (!items) throw std::logic_error("not a list of items: " + items_text);
    std::string failure;
    MessageRenderer renderer(*items, view_,
                             [&](store::Uid, std::string_view what) { failure = what; });
    MemoryCursor cursor(message_);
    cursor.next();
    std::string out;
    std::vector<LargeLiteral> large;
    renderer.render(cursor, false, out, large);
    expect(failure.empty(), "the response is one of last resort: " + failure);
    std::string response;
    for (const LargeLiteral& literal : large) {
      response += literal.text;
      response += octets_of(literal);
    }
    response += out;
    const auto old = read_fetch(response, Revision::rev1);
    expect(old.has_value(), "RFC 3501: " + (old ? "" : old.error()));
    auto read = read_fetch(response, Revision::rev2);
    expect(read.has_value(), "RFC 9051: " + (read ? "" : read.error()));
    if (!read) return std::nullopt;
    return std::move(*read);
  }

  std::string octets_of(const LargeLiteral& literal) const {
    const OctetRange& range = literal.octets;
    if (!literal.decoded) return octets_.substr(range.begin, range.size());
    mime::TransferDecoder decoder(literal.decoded->encoding);
    std::string decoded;
    decoder.feed(message_.substr(range.begin, range.size()), decoded);
    decoder.finish(decoded);
    return decoded.substr(literal.decoded->skip, literal.decoded->take);
  }

  static std::string section(const ReadFetch& fetch, const std::string& name) {
    const auto found = fetch.sections.find("BODY[" + name + "]");
    return found != fetch.sections.end() && found->second ? *found->second : std::string();
  }

  void check_whole(const ReadFetch& fetch) {
    expect(fetch.uid == 1 && fetch.envelope && fetch.body && fetch.body_structure,
           "all items are there");
    expect(fetch.size == message_.size(), "RFC822.SIZE");
    const auto preview = fetch.sections.find("PREVIEW");
    // RFC 8970 3.1: at most 256 characters.
    expect(preview != fetch.sections.end() && preview->second &&
               preview->second->size() <= std::size_t{4} * 256,
           "PREVIEW");
    expect(section(fetch, "") == octets_, "BODY[] is the message");
    expect(section(fetch, "HEADER") + section(fetch, "TEXT") == octets_, "HEADER + TEXT = BODY[]");
    if (fetch.envelope && !fetch.envelope->from.empty()) {
      expect(!fetch.envelope->sender.empty() && !fetch.envelope->reply_to.empty(),
             "Sender and Reply-To default to From");
    }
    if (fetch.body && fetch.body_structure) same(*fetch.body, *fetch.body_structure);
  }

  // BODY is BODYSTRUCTURE without extension data.
  void same(const ReadBody& body, const ReadBody& structure) {
    expect(!body.extended, "BODY has no extension data");
    expect(structure.extended, "BODYSTRUCTURE has extension data");
    expect(body.basic_data == structure.basic_data, "BODY and BODYSTRUCTURE say the same");
    expect(body.children.size() == structure.children.size(), "BODY has the same parts");
    const std::size_t count = std::min(body.children.size(), structure.children.size());
    for (std::size_t i = 0; i < count; ++i) same(body.children[i], structure.children[i]);
  }

  void collect(const ReadBody& body, const std::string& number) {
    if (parts_.size() >= most_parts_) return;
    if (!number.empty()) parts_.push_back({number, &body});
    const std::string prefix = number.empty() ? "" : number + '.';
    if (body.kind == BodyKind::multipart) {
      for (std::size_t i = 0; i < body.children.size(); ++i) {
        collect(body.children[i], prefix + std::to_string(i + 1));
      }
    } else if (body.kind == BodyKind::message) {
      const ReadBody& inner = body.children.front();
      // The parts of a multipart inside take its place; any other body is part 1.
      if (inner.kind == BodyKind::multipart) {
        for (std::size_t i = 0; i < inner.children.size(); ++i) {
          collect(inner.children[i], prefix + std::to_string(i + 1));
        }
      } else {
        collect(inner, prefix + "1");
      }
    }
  }

  void check_parts(const ReadBody& root) {
    collect(root, root.kind == BodyKind::multipart ? "" : "1");
    for (const AddressedPart& part : parts_) check_part(part);
    const std::string beyond = std::to_string(root.children.size() + 2);
    const auto fetched = fetch("(BODY.PEEK[" + beyond + "] BODY.PEEK[" + beyond + ".MIME])");
    if (fetched) {
      expect(section(*fetched, beyond).empty() && section(*fetched, beyond + ".MIME").empty(),
             "a part that is not there is empty");
    }
  }

  void check_part(const AddressedPart& part) {
    const std::string& n = part.number;
    // The middle half of it, and a range that runs over the end.
    const std::uint64_t from = part.body->octets / 4;
    const std::uint64_t length = part.body->octets / 2 + 1;
    const std::string range = "<" + std::to_string(from) + ">";
    std::string items = "(BODY.PEEK[" + n + "] BODY.PEEK[" + n + ".MIME] BINARY.SIZE[" + n +
                        "] BINARY.PEEK[" + n + "] BODY.PEEK[" + n + "]<" + std::to_string(from) +
                        "." + std::to_string(length) + ">";
    if (part.body->kind == BodyKind::message) {
      items += " BODY.PEEK[" + n + ".HEADER] BODY.PEEK[" + n + ".TEXT]";
    }
    const auto fetched = fetch(items + ")");
    if (!fetched) return;
    const std::string body = section(*fetched, n);
    expect(fetched->sections.contains("BODY[" + n + "]") &&
               fetched->sections.at("BODY[" + n + "]").has_value(),
           n + " can be fetched");
    expect(body.size() == part.body->octets || part.body->kind == BodyKind::multipart,
           n + " has its octets");
    if (part.body->kind == BodyKind::text || part.body->kind == BodyKind::message) {
      expect(static_cast<std::uint64_t>(std::count(body.begin(), body.end(), '\n')) ==
                 part.body->lines,
             n + " has its lines");
    }
    expect(octets_.find(section(*fetched, n + ".MIME") + body) != std::string::npos,
           n + ".MIME and " + n + " stand together in BODY[]");
    check_binary(*fetched, part, body);
    const auto partial = fetched->sections.find("BODY[" + n + "]" + range);
    expect(partial != fetched->sections.end() && partial->second &&
               *partial->second == (from < body.size() ? body.substr(from, length) : ""),
           n + ": a partial fetch is a substring");
    if (part.body->kind == BodyKind::message) {
      expect(section(*fetched, n + ".HEADER") + section(*fetched, n + ".TEXT") == body,
             n + ".HEADER + " + n + ".TEXT = " + n);
    }
  }

  // RFC 3516 4: a part in an encoding that is not known has neither of the two.
  void check_binary(const ReadFetch& fetch, const AddressedPart& part, const std::string& body) {
    const auto octets = fetch.sections.find("BINARY[" + part.number + "]");
    const auto size = fetch.sections.find("BINARY.SIZE[" + part.number + "]");
    const auto end = fetch.sections.end();
    expect((octets == end) == (size == end), part.number + ": BINARY and its size go together");
    if (octets == end || size == end) return;
    expect(octets->second && std::to_string(octets->second->size()) == size->second,
           part.number + ": BINARY has its size");
    const std::string& encoding = part.body->encoding;
    const bool as_it_is = part.body->kind == BodyKind::message || encoding == "7bit" ||
                          encoding == "8bit" || encoding == "binary";
    std::string shown = octets->second.value_or("");
    std::replace(shown.begin(), shown.end(), '\0', '\x80');
    expect(!as_it_is || shown == body, part.number + ": BINARY of what is not encoded is BODY");
  }

  // What a client has of RETR once it has taken the dots off (RFC 1939 3).
  void check_pop3() {
    pop3::LoneDotFinder finder;
    finder.feed(message_);
    const bool changed = finder.found();
    pop3::LineEncoder lines(changed);
    std::string sent(message_);
    lines.encode(sent, 0);
    lines.finish(sent);
    std::string received;
    std::string_view rest(sent);
    bool ended = false;
    while (!rest.empty() && !ended) {
      const std::size_t end = rest.find("\r\n");
      if (end == std::string_view::npos) break;
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end + 2);
      ended = line == ".";
      if (line.starts_with('.')) line.remove_prefix(1);
      if (!ended) received.append(line).append("\r\n");
    }
    expect(ended && rest.empty(), "RETR ends with its dot and nothing follows");
    if (changed) return;
    std::string_view whole(received);
    const bool added = !message_.empty() && !message_.ends_with("\r\n");
    if (added && whole.ends_with("\r\n")) whole.remove_suffix(2);
    expect(whole == message_, "RETR gives the message");
  }

  std::string octets_;  // as a literal carries them
  std::string_view message_;
  std::size_t most_parts_;
  MailboxView view_;
  std::vector<AddressedPart> parts_;
  std::vector<std::string> violations_;
};

}  // namespace

MailboxView one_message_view() {
  auto uids = std::make_shared<store::UidMap>();
  uids->append(store::Uid{1});
  store::MailboxSnapshot snapshot;
  snapshot.info.keywords = std::make_shared<const std::vector<std::string>>();
  snapshot.info.uid_next = store::Uid{2};
  snapshot.uids = std::move(uids);
  return {nullptr, std::move(snapshot), true, {}};
}

std::vector<std::string> fetch_violations(std::string_view message, std::size_t parts) {
  return Checker(message, parts).check();
}

}  // namespace mailkeep::imap
