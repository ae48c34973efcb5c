#include "mime/text/encoded_word.h"

#include <algorithm>
#include <optional>

#include "mime/field_scanner.h"
#include "mime/text/ascii.h"
#include "mime/text/charset.h"
#include "mime/text/decoders.h"
#include "mime/text/extended_value.h"

namespace mailkeep::mime {
namespace {

// RFC 2047 2: no charset has a name as long as this, so nothing longer starts a word.
constexpr std::size_t kLongestCharset = 80;

struct EncodedWord {
  std::string_view charset;
  bool base64 = false;
  std::string_view text;  // still encoded
  std::size_t size = 0;   // of the whole word
};

bool is_charset_char(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '?' && c != '=';
}

class HeaderTextDecoder {
 public:
  explicit HeaderTextDecoder(std::string_view value) : rest_(value) {}

  std::string decode() {
    while (!rest_.empty()) {
      const std::size_t start = rest_.find("=?");
      if (start == std::string_view::npos) {
        take_literal(rest_.size());
        break;
      }
      if (start > 0) take_literal(start);
      if (const std::optional<EncodedWord> word = word_at_front()) {
        take_word(*word);
      } else {
        take_literal(2);
      }
    }
    flush_words();
    flush_literal();
    return std::move(out_);
  }

 private:
  // The encoded word at the front of rest_, which starts with "=?".
  std::optional<EncodedWord> word_at_front() {
    EncodedWord word;
    std::size_t at = 2;
    while (at < rest_.size() && at < kLongestCharset && is_charset_char(rest_[at])) ++at;
    word.charset = rest_.substr(2, at - 2);
    if (word.charset.empty() || at + 2 >= rest_.size()) return std::nullopt;
    const char encoding = to_lower(rest_[at + 1]);
    if (rest_[at] != '?' || rest_[at + 2] != '?' || (encoding != 'b' && encoding != 'q')) {
      return std::nullopt;
    }
    word.base64 = encoding == 'b';
    at += 3;
    const std::size_t end = find_end(at);
    word.text = rest_.substr(at, end - at);
    word.size = std::min(end + 2, rest_.size());
    if (!words_end_) {
      if (word.text.empty()) return std::nullopt;
      word.size = end;
    }
    return word;
  }

  // Where the text of a word ends that begins at `at`. The last word of a value may be cut: it goes
  // on to the next white space.
  std::size_t find_end(std::size_t at) {
    if (words_end_) {
      const std::size_t end = rest_.find("?=", at);
      if (end != std::string_view::npos) return end;
      words_end_ = false;
    }
    while (at < rest_.size() && !is_space(rest_[at])) ++at;
    return at;
  }

  void take_literal(std::size_t size) {
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    // White space between two words goes (RFC 2047 6.2); whether a word follows is not known yet.
    if (in_words_ && std::all_of(text.begin(), text.end(), is_space)) {
      space_after_word_ += text;
      return;
    }
    flush_words();
    literal_ += text;
  }

  void take_word(const EncodedWord& word) {
    space_after_word_.clear();
    flush_literal();
    // Characters may be cut between words of one charset, so their octets are converted together.
    if (in_words_ && !equal_ignoring_case(word.charset, charset_)) flush_words();
    in_words_ = true;
    charset_ = word.charset;
    if (word.base64) {
      TransferDecoder decoder(TransferEncoding::base64);
      decoder.feed(word.text, octets_);
      decoder.finish(octets_);
    } else {
      append_q_text(word.text);
    }
    rest_.remove_prefix(word.size);
  }

  // RFC 2047 4.2.
  void append_q_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const int high = text[i] == '=' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low >= 0) {
        octets_ += static_cast<char>(high * 16 + low);
        i += 2;
      } else {
        octets_ += text[i] == '_' ? ' ' : text[i];
      }
    }
  }

  void flush_words() {
    if (!in_words_) return;
    out_ += to_utf8(octets_, charset_);
    octets_.clear();
    in_words_ = false;
    literal_ += space_after_word_;
    space_after_word_.clear();
  }

  void flush_literal() {
    if (literal_.empty()) return;
    out_ += to_utf8(literal_, "us-ascii");
    literal_.clear();
  }

  std::string_view rest_;
  std::string out_;
  std::string literal_;    // not encoded, and not yet in out_
  bool in_words_ = false;  // whether octets_ is of the word or words just read
  std::string_view charset_;
  std::string octets_;
  std::string space_after_word_;
  bool words_end_ = true;  // false: no "?=" is left
};

void replace_controls(std::string& text) {
  for (char& c : text) {
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  }
}

}  // namespace

std::string decode_header_text(std::string_view value) {
  std::string flat;
  flatten(value, value.size(), flat);
  std::string text = HeaderTextDecoder(flat).decode();
  replace_controls(text);
  return text;
}

std::string decode_parameter(std::string_view name, std::string_view value) {
  // Outside of extended values RFC 2047 5 forbids encoded words, but mail programs write them.
  if (!name.ends_with('*')) return decode_header_text(value);
  const ExtendedValue extended = decode_extended_value(value);
  std::string text = to_utf8(extended.octets, extended.charset);
  replace_controls(text);
  return text;
}

}  // namespace mailkeep::mime
