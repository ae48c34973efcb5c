// Substring search without regard to case (i;unicode-casemap, RFC 5051) in header fields and in
// bodies that arrive piece by piece. Made for speed where the text is ASCII, which most mail is.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::store {

// What is searched for, in its folded form.
class Needle {
 public:
  explicit Needle(std::string_view utf8);

  bool empty() const { return folded_.empty(); }
  std::size_t size() const { return folded_.size(); }
  bool is_in(std::string_view folded_text) const;

  // Whether the decoded value of a header field, given as it stands, holds it.
  bool is_in_value(std::string_view value) const;
  // Whether any field of a header, name or decoded value, holds it.
  bool is_in_header(std::string_view header) const;

 private:
  std::string folded_;
};

// Looks for a needle in a text of some charset, cut anywhere into pieces. Memory is bounded by the
// pieces and the longest line, which counts up to 256 KiB.
class TextSearch {
 public:
  TextSearch(const Needle& needle, std::string_view charset);

  // The next octets. True as soon as the needle was found, and from then on.
  bool feed(std::string_view octets);
  // The end of the text.
  bool finish();

 private:
  void search(std::string_view octets);
  void append_folded(std::string_view octets);

  const Needle& needle_;
  const std::string_view charset_;
  const bool has_lines_;    // a line feed is one octet, and ends every character and escape
  const bool ascii_stays_;  // octets below 128 mean ASCII, whatever is around them
  bool found_ = false;
  std::string waiting_;  // a last line that is not complete
  std::string folded_;   // begins with the end of what was searched
};

}  // namespace mailkeep::store
