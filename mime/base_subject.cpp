#include "mime/base_subject.h"

#include <algorithm>
#include <optional>

#include "mime/text/ascii.h"
#include "mime/text/encoded_word.h"

namespace mailkeep::mime {
namespace {

// Whether `text` starts with `prefix`, which is in lower case.
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// The octets of a subj-blob, "[...]" and the spaces behind it, at the start of `text`; 0 for none.
std::size_t blob_size(std::string_view text) {
  if (text.empty() || text.front() != '[') return 0;
  const std::size_t end = text.find_first_of("[]", 1);
  if (end == std::string_view::npos || text[end] != ']') return 0;
  std::size_t size = end + 1;
  while (size < text.size() && text[size] == ' ') ++size;
  return size;
}

// The octets of a subj-refwd, e.g. "Re: " or "fwd [x] :", at the start of `text`; 0 for none.
std::size_t reply_mark_size(std::string_view text) {
  std::size_t size = 0;
  for (const std::string_view mark : {"re", "fwd", "fw"}) {
    if (size == 0 && starts_with_ignoring_case(text, mark)) size = mark.size();
  }
  if (size == 0) return 0;
  while (size < text.size() && text[size] == ' ') ++size;
  size += blob_size(text.substr(size));
  return size < text.size() && text[size] == ':' ? size + 1 : 0;
}

std::string join_words(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_line_space(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

// Takes off leaders and trailers until none is left (steps 2 to 6).
class Stripper {
 public:
  explicit Stripper(std::string_view text) : rest_(text) {}

  BaseSubject strip() {
    for (bool changed = true; changed;) {
      strip_trailers();
      changed = strip_leaders();
      changed = strip_wrapper() || changed;
    }
    return {std::string(rest_), reply_or_forward_};
  }

 private:
  void strip_trailers() {
    for (;;) {
      if (rest_.ends_with(' ')) {
        rest_.remove_suffix(1);
      } else if (rest_.size() >= 5 &&
                 equal_ignoring_case(rest_.substr(rest_.size() - 5), "(fwd)")) {
        rest_.remove_suffix(5);
        reply_or_forward_ = true;
      } else {
        return;
      }
    }
  }

  // Steps 3 to 5. Blobs go where a reply mark follows them, or where something is left behind them.
  bool strip_leaders() {
    const std::size_t before = rest_.size();
    for (;;) {
      while (rest_.starts_with(' ')) rest_.remove_prefix(1);
      std::size_t blobs = 0;
      std::size_t last_blob = 0;
      while (const std::size_t size = blob_size(rest_.substr(blobs))) {
        last_blob = blobs;
        blobs += size;
      }
      if (const std::size_t mark = reply_mark_size(rest_.substr(blobs))) {
        rest_.remove_prefix(blobs + mark);
        reply_or_forward_ = true;
        continue;
      }
      // The base must not become empty, so the last blob stays if nothing is behind it.
      rest_.remove_prefix(blobs < rest_.size() ? blobs : last_blob);
      return rest_.size() != before;
    }
  }

  // Step 6: "[fwd: ... ]".
  bool strip_wrapper() {
    if (!starts_with_ignoring_case(rest_, "[fwd:") || !rest_.ends_with(']')) return false;
    rest_.remove_prefix(5);
    rest_.remove_suffix(1);
    reply_or_forward_ = true;
    return true;
  }

  std::string_view rest_;
  bool reply_or_forward_ = false;
};

}  // namespace

BaseSubject base_subject(std::string_view subject) {
  const std::string text = join_words(decode_header_text(subject));
  return Stripper(text).strip();
}

}  // namespace mailkeep::mime
