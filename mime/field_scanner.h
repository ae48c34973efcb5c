// Reads a structured field value from left to right (RFC 5322 3.2, RFC 2045 5.1): white space,
// comments and quoted strings. Linear in the value whatever it holds, and never recursive: a quote
// or comment that does not end is an ordinary character, as are all after it.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::mime {

// A field value as one line to interpret: without line ends, other CR and NUL as spaces, and cut to
// `limit` octets. `out` is overwritten.
void flatten(std::string_view value, std::size_t limit, std::string& out);

class FieldScanner {
 public:
  // `value` is flattened and outlives the scanner.
  explicit FieldScanner(std::string_view value) : rest_(value) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  void skip() { rest_.remove_prefix(1); }
  std::string_view rest() const { return rest_; }
  // Goes on at a place that rest() showed.
  void move_to(std::string_view rest) { rest_ = rest; }

  // Skips white space and comments. The text of the last comment that is not empty goes to
  // `comment`, if there is one.
  void skip_space(std::string* comment = nullptr);

  // At a quoted string: puts its text, without quotes and backslashes, into `out` and moves behind
  // it. Otherwise false, and nothing is changed.
  bool quoted_string(std::string& out);

  // The longest run of characters for which `wanted` holds.
  template <typename Predicate>
  std::string_view take_while(Predicate wanted) {
    std::size_t size = 0;
    while (size < rest_.size() && wanted(rest_[size])) ++size;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

 private:
  bool skip_comment(std::string* comment);

  std::string_view rest_;
  bool quotes_end_ = true;    // false: some quote has no end, so no later one is looked for
  bool comments_end_ = true;  // the same for comments
};

// RFC 2045 5.1 token; octets of 8 bits are let through.
constexpr bool is_token_char(char c) {
  const auto octet = static_cast<unsigned char>(c);
  if (octet <= 32 || octet == 127) return false;
  return std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

}  // namespace mailkeep::mime
