#include "protocol/pop3/wire/message_lines.h"

#include <algorithm>

namespace mailkeep::pop3 {

void LoneDotFinder::feed(std::string_view bytes) {
  std::size_t i = 0;
  while (i < bytes.size() && after_ != After::found) {
    if (after_ == After::other) {
      const std::size_t next = bytes.find_first_of("\r\n", i);
      if (next == std::string_view::npos) return;
      i = next;
    }
    const char c = bytes[i++];
    const After before = after_;
    after_ = c == '\r' ? After::cr : After::other;
    if (c == '\n') {
      after_ = before == After::cr ? After::other : After::bare_lf;
      if (before == After::dot || before == After::dot_cr) after_ = After::found;
    } else if (c == '.' && before == After::bare_lf) {
      after_ = After::dot;
    } else if (c == '\r' && before == After::dot) {
      after_ = After::dot_cr;
    }
  }
}

// At the end of a message the CRLF that finish() adds makes a line of the dot.
bool LoneDotFinder::found() const {
  return after_ == After::found || after_ == After::dot || after_ == After::dot_cr;
}

bool LineEncoder::is_plain(std::string_view bytes) const {
  if (after_ == After::line_end && bytes.starts_with('.')) return false;
  if (after_ == After::cr && bytes.starts_with("\n.")) return false;
  return bytes.find("\r\n.") == std::string_view::npos;
}

void LineEncoder::encode(std::string& out, std::size_t begin) {
  const std::string_view bytes = std::string_view(out).substr(begin);
  if (bytes.empty()) return;
  if (crlf_for_lf_) {
    change_line_ends(out, begin);
    return;
  }
  const bool plain = is_plain(bytes);
  const bool lf_after_cr = bytes.ends_with("\r\n") || (bytes == "\n" && after_ == After::cr);
  const After after = lf_after_cr            ? After::line_end
                      : bytes.back() == '\r' ? After::cr
                                             : After::other;
  if (!plain) double_dots(out, begin);
  after_ = after;
}

void LineEncoder::double_dots(std::string& out, std::size_t begin) {
  const std::string bytes = out.substr(begin);
  out.resize(begin);
  out.reserve(begin + bytes.size() + bytes.size() / 16);
  std::size_t done = 0;
  const auto double_dot_at = [&](std::size_t dot) {
    out.append(bytes, done, dot - done).push_back('.');
    done = dot;
  };
  if (after_ == After::line_end && bytes.starts_with('.')) double_dot_at(0);
  if (after_ == After::cr && bytes.starts_with("\n.")) double_dot_at(1);
  for (std::size_t end = bytes.find("\r\n."); end != std::string::npos;
       end = bytes.find("\r\n.", end + 3)) {
    double_dot_at(end + 2);
  }
  out.append(bytes, done);
}

void LineEncoder::change_line_ends(std::string& out, std::size_t begin) {
  const std::string bytes = out.substr(begin);
  out.resize(begin);
  for (const char c : bytes) {
    if (c == '.' && after_ == After::line_end) out.push_back('.');
    if (c == '\n' && after_ != After::cr) {
      out.push_back('\r');
      after_ = After::cr;
    }
    out.push_back(c);
    if (c == '\r') {
      after_ = After::cr;
    } else {
      after_ = c == '\n' && after_ == After::cr ? After::line_end : After::other;
    }
  }
}

void LineEncoder::finish(std::string& out) {
  if (after_ != After::line_end) out.append("\r\n");
  out.append(".\r\n");
}

std::size_t TopCounter::feed(std::string_view bytes) {
  std::size_t position = 0;
  while (position < bytes.size() && !done()) {
    const std::size_t end = bytes.find('\n', position);
    const std::string_view line =
        bytes.substr(position, end == std::string_view::npos ? end : end - position);
    const bool blank = std::all_of(line.begin(), line.end(), [](char c) { return c == '\r'; });
    line_is_blank_ = line_is_blank_ && blank;
    if (end == std::string_view::npos) return bytes.size();
    position = end + 1;
    if (in_body_) {
      --lines_;
    } else if (line_is_blank_) {
      in_body_ = true;
    }
    line_is_blank_ = true;
  }
  return position;
}

}  // namespace mailkeep::pop3
