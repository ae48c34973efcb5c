// Line ends of mail (CRLF) and of Unix files (LF).
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::server {

// What line ends some text has. Fed with it in order, cut anywhere.
class LineEndCheck {
 public:
  void feed(std::string_view bytes);

  bool has_crlf() const { return has_crlf_; }
  bool has_bare_lf() const { return has_bare_lf_; }
  // After the last octet: a CR that no LF follows.
  bool has_bare_cr() const { return has_bare_cr_ || after_cr_; }

 private:
  bool has_crlf_ = false;
  bool has_bare_lf_ = false;
  bool has_bare_cr_ = false;
  bool after_cr_ = false;
};

// Appends `bytes` with each bare LF as CRLF. `after_cr` says whether the octet before was a CR, and
// is kept for the next call.
void append_with_crlf(std::string& out, std::string_view bytes, bool& after_cr);

// Appends `bytes` without CR; for text whose line ends are all CRLF.
void append_with_lf(std::string& out, std::string_view bytes);

}  // namespace mailkeep::server
