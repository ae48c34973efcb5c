// The boundaries of the multiparts that are open at one place of a message, and the lines that are
// delimiters of one of them (RFC 2046 5.1.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::mime {

class OpenBoundaries {
 public:
  struct Match {
    std::size_t level;  // of the multipart, as given to open()
    bool closing;       // followed by "--"
  };

  // `level` grows from call to call, until close_from().
  void open(std::string boundary, std::size_t level);

  // Forgets the boundaries of all levels from `level` on.
  void close_from(std::size_t level);

  bool empty() const { return open_.empty(); }

  // How much of a line, without trailing white space, match() looks at. What follows only matters
  // as being white space or not.
  std::size_t octets_to_match() const { return octets_to_match_; }

  // Which boundary `line` delimits. `line` has no line end and starts with "--"; it may be cut
  // behind octets_to_match() octets if nothing but white space follows.
  //
  // RFC 2046 5.1.1 asks only for the beginning of the line, so among several the one that makes up
  // the whole line is meant, and otherwise the longest, the innermost of equal ones.
  std::optional<Match> match(std::string_view line) const;

 private:
  struct Boundary {
    std::string text;
    std::size_t level;
  };
  std::vector<Boundary> open_;
  std::size_t octets_to_match_ = 0;
};

}  // namespace mailkeep::mime
