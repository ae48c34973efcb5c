#include "protocol/lmtp/wire/line_reader.h"

namespace mailkeep::lmtp {

std::string& LineReader::input() {
  input_.erase(0, begin_);
  begin_ = 0;
  if (input_.empty()) input_.shrink_to_fit();  // an idle session holds no buffer
  return input_;
}

LineEvent LineReader::next() {
  const std::string_view waiting = rest();
  const std::size_t end = waiting.find('\n');
  if (end == std::string_view::npos) {
    if (skipped_ == 0 && waiting.size() <= kMaxLineBytes + 1) return NeedMore{};
    skipped_ += waiting.size();
    begin_ = input_.size();
    if (skipped_ > kMaxSkippedBytes) return EndlessLine{};
    return NeedMore{};
  }
  begin_ += end + 1;
  std::string_view line = waiting.substr(0, end);
  if (skipped_ != 0 || line.size() > kMaxLineBytes + 1) {
    skipped_ = 0;
    return LineTooLong{};
  }
  if (!line.ends_with('\r')) return BareLineEnd{};
  line.remove_suffix(1);
  if (line.find('\r') != std::string_view::npos) return BareLineEnd{};
  return Line{line};
}

void LineReader::reset() {
  input_.clear();
  begin_ = 0;
  skipped_ = 0;
}

}  // namespace mailkeep::lmtp
