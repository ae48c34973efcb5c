// Substring search by a comparator, most often without regard to case (i;unicode-casemap, RFC
// 5051), in header fields and in bodies that arrive piece by piece. Made for speed where the text
// is ASCII, which most mail is. "Folded" is the comparator's comparable form.
#pragma once

#include <string>
#include <string_view>

#include "store/comparator.h"

namespace mailkeep::store {

// What is searched for, in its folded form.
class Needle {
 public:
  explicit Needle(std::string_view utf8, Comparator comparator = Comparator::unicode_casemap);

  Comparator comparator() const { return comparator_; }

  bool empty() const { return folded_.empty(); }
  std::size_t size() const { return folded_.size(); }
  const std::string& folded() const { return folded_; }
  bool is_in(std::string_view folded_text) const;

  // Whether the decoded value of a header field, given as it stands, holds it.
  bool is_in_value(std::string_view value) const;
  // Whether that or the addresses of the field, as ENVELOPE shows them, hold it.
  bool is_in_addresses(std::string_view value) const;
  // Looks into text that is read piece by piece; keeps the end of it, where a match may begin.
  bool is_in_stream(std::string& folded) const;
  // Whether any field of a header, name or decoded value, holds it.
  bool is_in_header(std::string_view header) const;

 private:
  Comparator comparator_;
  std::string folded_;
};

// Sees the texts of a message as searches do.
class TextVisitor {
 public:
  virtual ~TextVisitor() = default;
  // These return whether to stop. A header as it stands:
  virtual bool header(std::string_view octets) = 0;
  // A text begins.
  virtual void begin_text() = 0;
  // A text of a header field begins.
  virtual void begin_field(std::string_view name) {
    static_cast<void>(name);
    begin_text();
  }
  // Folded text was added to the end of `folded`, which is empty when a text begins; what the
  // visitor leaves in it stands before what comes.
  virtual bool text(std::string& folded) = 0;
};

// Gives the folded texts of a header's fields to `visitor`, each with begin_field: whatever
// is_in_header, is_in_value or (in From, To, Cc and Bcc) is_in_addresses finds is in one of them.
void append_header_texts(std::string_view header, TextVisitor& visitor);

// Folds a text of some charset, cut anywhere into pieces. Memory is bounded by the pieces and the
// longest line, which counts up to 256 KiB.
class TextFolder {
 public:
  explicit TextFolder(std::string_view charset,
                      Comparator comparator = Comparator::unicode_casemap);

  // The next octets; appends as much folded text as is sure.
  void feed(std::string_view octets, std::string& folded);
  // The end of the text; appends the rest.
  void finish(std::string& folded);

 private:
  void append_folded(std::string_view octets, std::string& folded) const;

  const std::string_view charset_;
  const Comparator comparator_;
  const bool has_lines_;    // a line feed is one octet, and ends every character and escape
  const bool ascii_stays_;  // octets below 128 mean ASCII, whatever is around them
  std::string waiting_;     // a last line that is not complete
};

// Looks for a needle in such a text.
class TextSearch {
 public:
  TextSearch(const Needle& needle, std::string_view charset);

  // The next octets. True as soon as the needle was found, and from then on.
  bool feed(std::string_view octets);
  // The end of the text.
  bool finish();

 private:
  const Needle& needle_;
  TextFolder folder_;
  bool found_ = false;
  std::string folded_;  // begins with the end of what was searched
};

}  // namespace mailkeep::store
