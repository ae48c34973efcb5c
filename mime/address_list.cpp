#include "mime/address_list.h"

#include <algorithm>
#include <optional>
#include <string>

#include "mime/field_scanner.h"
#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

bool ends_word(char c) {
  return is_space(c) || std::string_view("<>,;:@\"(").find(c) != std::string_view::npos;
}

// Words as a display name wants them (one space where the field has white space) and as a local
// part wants them (no space beside dots, RFC 5322 4.4 obs-local-part).
struct Words {
  std::string phrase;
  std::string local_part;
  std::size_t last_word = 0;  // where the word behind the last space of local_part begins
  std::string comment;
  bool empty = true;
};

class AddressListParser {
 public:
  AddressListParser(std::string_view value, ValueKeeper& keeper, std::vector<Address>& list)
      : scanner_(value), keeper_(keeper), list_(list) {}

  AddressDefects parse() {
    while (!defects_.limited) {
      scanner_.skip_space();
      if (scanner_.at_end()) break;
      if (scanner_.at(',')) {
        scanner_.skip();
      } else if (scanner_.at(';')) {
        scanner_.skip();
        end_group();
      } else {
        parse_item();
      }
    }
    if (in_group_) {
      if (!defects_.limited) defects_.malformed = true;
      list_.push_back({});
    }
    return defects_;
  }

 private:
  // One address or the start of a group; always moves on.
  void parse_item() {
    Words words = read_words();
    if (scanner_.at('<')) {
      parse_angle_address(words);
    } else if (scanner_.at('@')) {
      parse_plain_address(words);
    } else if (scanner_.at(':') && !words.empty) {
      scanner_.skip();
      start_group(words.phrase);
    } else if (!words.empty) {
      add_without_domain(words);
    } else if (!scanner_.at_end() && !scanner_.at(',') && !scanner_.at(';')) {
      defects_.malformed = true;
      scanner_.skip();
    }
  }

  // Atoms, quoted strings and dots up to a character that means something else.
  Words read_words() {
    Words words;
    std::string quoted;
    for (;;) {
      const std::size_t before = scanner_.rest().size();
      scanner_.skip_space(&words.comment);
      const bool spaced = scanner_.rest().size() != before;
      std::string_view word;
      if (scanner_.quoted_string(quoted)) {
        word = quoted;
      } else if (scanner_.at('"')) {
        defects_.malformed = true;
        scanner_.skip();
        continue;
      } else {
        word = scanner_.take_while([](char c) { return !ends_word(c); });
        if (word.empty() && scanner_.at('(')) {  // a comment without end
          defects_.malformed = true;
          word = scanner_.rest().substr(0, 1);
          scanner_.skip();
        }
        if (word.empty()) return words;
      }
      if (spaced && !words.empty) {
        words.phrase += ' ';
        if (!words.local_part.ends_with('.') && !word.starts_with('.')) {
          words.local_part += ' ';
          words.last_word = words.local_part.size();
        }
      }
      append_collapsed(word, words.phrase);
      words.local_part += word;
      words.empty = false;
    }
  }

  // Runs of white space become one space, as mail programs show names.
  static void append_collapsed(std::string_view text, std::string& out) {
    while (!text.empty()) {
      const std::size_t size = std::min(text.find_first_of(" \t"), text.size());
      out += text.substr(0, size);
      text.remove_prefix(size);
      if (text.empty()) break;
      if (!out.empty() && out.back() != ' ') out += ' ';
      text.remove_prefix(1);
    }
  }

  // RFC 5322 3.4.1, after '@': a dot-atom or domain literal, with comments and spaces around the
  // dots.
  std::string read_domain(std::string* comment) {
    std::string domain;
    for (;;) {
      scanner_.skip_space(comment);
      if (scanner_.at('[')) {
        domain += scanner_.take_while([](char c) { return c != ']' && c != '>'; });
        domain += ']';
        if (scanner_.at(']')) {
          scanner_.skip();
        } else {
          defects_.malformed = true;
        }
        return domain;
      }
      domain += scanner_.take_while([](char c) { return !ends_word(c) && c != '.' && c != '['; });
      scanner_.skip_space(comment);
      if (!scanner_.at('.')) return domain;
      scanner_.skip();
      domain += '.';
    }
  }

  // The domain at '@', or nothing. Of several the last is the domain: `a@b@c` has the local part
  // `a@b`.
  std::string read_domains(Words& local, std::string& comment) {
    std::string domain;
    for (std::size_t count = 0; scanner_.at('@'); ++count) {
      if (count > 0) {
        defects_.malformed = true;
        local.local_part += '@' + domain;
      }
      scanner_.skip();
      domain = read_domain(&comment);
    }
    return domain;
  }

  // At '@': `local@domain`, perhaps with a comment that is the name (RFC 5322 A.6.3 shows it), or
  // the start of a display name that is itself an address: `a@b <c@d>`.
  void parse_plain_address(Words& words) {
    const std::string domain = read_domains(words, words.comment);
    if (scanner_.at('<')) {
      defects_.malformed = true;
      words.phrase = words.local_part + '@' + domain;
      parse_angle_address(words);
      return;
    }
    if (words.empty || domain.empty()) defects_.malformed = true;
    check_separator();
    if (words.last_word == 0) {
      add(words.comment, {}, words.local_part, domain);
      return;
    }
    // `Some Name a@b`, where the brackets are missing.
    defects_.malformed = true;
    const std::string_view text = words.local_part;
    add(trim(text.substr(0, words.last_word)), {}, text.substr(words.last_word), domain);
  }

  // At '<': RFC 5322 3.4 angle-addr with the route of 4.4.
  void parse_angle_address(Words& words) {
    scanner_.skip();
    while (scanner_.at('<')) {
      defects_.malformed = true;
      scanner_.skip();
    }
    scanner_.skip_space();
    std::string route = read_route();
    Words local = read_words();
    if (scanner_.at(':')) {  // `<mailto:a@b>`
      defects_.malformed = true;
      scanner_.skip();
      local = read_words();
    }
    const std::string domain = read_domains(local, local.comment);
    if (local.empty || domain.empty()) defects_.malformed = true;
    const auto junk =
        scanner_.take_while([](char c) { return c != '>' && c != ',' && c != ';' && c != '<'; });
    if (!junk.empty()) defects_.malformed = true;
    if (scanner_.at('>')) {
      while (scanner_.at('>')) scanner_.skip();
    } else {
      defects_.malformed = true;
    }
    scanner_.skip_space();
    check_separator();
    add(words.phrase, route, local.local_part, domain);
  }

  // RFC 5322 4.4 obs-route without its colon, or nothing. Where no colon ends it, the last domain
  // is put back as far as it can matter: an address without mailbox.
  std::string read_route() {
    std::string route;
    if (!scanner_.at('@')) return route;
    const std::string_view start = scanner_.rest();
    while (scanner_.at('@')) {
      scanner_.skip();
      route += route.empty() ? "@" : ",@";
      route += read_domain(nullptr);
      while (scanner_.at(',')) {
        scanner_.skip();
        scanner_.skip_space();
      }
    }
    if (scanner_.at(':')) {
      scanner_.skip();
      return route;
    }
    defects_.malformed = true;
    scanner_.move_to(start);
    return {};
  }

  void check_separator() {
    if (!scanner_.at_end() && !scanner_.at(',') && !scanner_.at(';')) defects_.malformed = true;
  }

  void add_without_domain(const Words& words) {
    defects_.malformed = true;
    if (words.phrase.find(' ') == std::string::npos) {
      add(words.comment, {}, words.local_part, {});
    } else {
      add(words.phrase, {}, {}, {});
    }
  }

  [[nodiscard]] bool may_add() {
    if (list_.size() < keeper_.limits().addresses && keeper_.take_value()) return true;
    defects_.limited = true;
    return false;
  }

  void add(std::string_view name, std::string_view route, std::string_view mailbox,
           std::string_view domain) {
    if (!may_add()) return;
    Address address;
    if (!name.empty()) address.name = keeper_.keep(name);
    if (!route.empty()) address.route = keeper_.keep(route);
    address.mailbox = mailbox.empty() ? kMissingMailbox : keeper_.keep(mailbox);
    address.host = domain.empty() ? kMissingDomain : keeper_.keep(domain);
    list_.push_back(address);
  }

  // Groups do not nest: the start of one ends the one before.
  void start_group(std::string_view name) {
    if (in_group_) {
      defects_.malformed = true;
      end_group();
    }
    if (!may_add()) return;
    Address start;
    start.mailbox = keeper_.keep(name);
    list_.push_back(start);
    in_group_ = true;
  }

  void end_group() {
    if (in_group_) {
      list_.push_back({});
    } else {
      defects_.malformed = true;  // a semicolon as some programs separate addresses
    }
    in_group_ = false;
  }

  FieldScanner scanner_;
  ValueKeeper& keeper_;
  std::vector<Address>& list_;
  AddressDefects defects_;
  bool in_group_ = false;
};

}  // namespace

AddressDefects parse_address_list(std::string_view value, ValueKeeper& keeper,
                                  std::vector<Address>& list) {
  return AddressListParser(value, keeper, list).parse();
}

}  // namespace mailkeep::mime
