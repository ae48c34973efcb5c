#include "mime/field_scanner.h"

#include "mime/text/ascii.h"

namespace mailkeep::mime {

void flatten(std::string_view value, std::size_t limit, std::string& out) {
  if (value.size() > limit) value = value.substr(0, limit);
  out.clear();
  std::size_t copied = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c != '\n' && c != '\r' && c != '\0') continue;
    out += value.substr(copied, i - copied);
    copied = i + 1;
    const bool line_end =
        c == '\n' || (c == '\r' && copied < value.size() && value[copied] == '\n');
    if (!line_end) out += ' ';
  }
  out += value.substr(copied);
}

void FieldScanner::skip_space(std::string* comment) {
  while (!rest_.empty()) {
    if (is_space(rest_.front())) {
      rest_.remove_prefix(1);
    } else if (rest_.front() != '(' || !comments_end_ || !skip_comment(comment)) {
      return;
    }
  }
}

bool FieldScanner::skip_comment(std::string* comment) {
  std::size_t depth = 0;
  std::size_t end = 0;
  for (; end < rest_.size(); ++end) {
    const char c = rest_[end];
    if (c == '\\') {
      ++end;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      break;
    }
  }
  if (end >= rest_.size()) {
    comments_end_ = false;
    return false;
  }
  const std::string_view inside = trim(rest_.substr(1, end - 1));
  if (comment != nullptr && !inside.empty()) {
    comment->clear();
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (inside[i] == '\\' && i + 1 < inside.size()) ++i;
      comment->push_back(inside[i]);
    }
  }
  rest_.remove_prefix(end + 1);
  return true;
}

bool FieldScanner::quoted_string(std::string& out) {
  if (!at('"') || !quotes_end_) return false;
  out.clear();
  for (std::size_t i = 1; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (c == '"') {
      rest_.remove_prefix(i + 1);
      return true;
    }
    if (c == '\\' && i + 1 < rest_.size()) ++i;
    out.push_back(rest_[i]);
  }
  quotes_end_ = false;
  return false;
}

}  // namespace mailkeep::mime
