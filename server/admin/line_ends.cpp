#include "server/admin/line_ends.h"

namespace mailkeep::server {

void LineEndCheck::feed(std::string_view bytes) {
  std::size_t position = 0;
  while (position < bytes.size()) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes[position] == '\n') {
        has_crlf_ = true;
        ++position;
        continue;
      }
      has_bare_cr_ = true;
    }
    const std::size_t line_feed = bytes.find('\n', position);
    const std::string_view line = bytes.substr(position, line_feed - position);
    const std::size_t carriage_return = line.find('\r');
    if (carriage_return != std::string_view::npos) {
      after_cr_ = true;
      position += carriage_return + 1;
    } else if (line_feed != std::string_view::npos) {
      has_bare_lf_ = true;
      position = line_feed + 1;
    } else {
      return;
    }
  }
}

void append_with_crlf(std::string& out, std::string_view bytes, bool& after_cr) {
  std::size_t position = 0;
  while (position < bytes.size()) {
    const std::size_t line_feed = bytes.find('\n', position);
    if (line_feed == std::string_view::npos) break;
    const bool has_cr = line_feed > 0 ? bytes[line_feed - 1] == '\r' : after_cr;
    out.append(bytes.substr(position, line_feed - position)).append(has_cr ? "\n" : "\r\n");
    position = line_feed + 1;
  }
  out.append(bytes.substr(position));
  if (!bytes.empty()) after_cr = bytes.back() == '\r';
}

void append_with_lf(std::string& out, std::string_view bytes) {
  std::size_t position = 0;
  for (;;) {
    const std::size_t carriage_return = bytes.find('\r', position);
    out.append(bytes.substr(position, carriage_return - position));
    if (carriage_return == std::string_view::npos) return;
    position = carriage_return + 1;
  }
}

}  // namespace mailkeep::server
