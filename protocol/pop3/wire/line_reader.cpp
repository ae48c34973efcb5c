#include "protocol/pop3/wire/line_reader.h"

namespace mailkeep::pop3 {
namespace {

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string& LineReader::input() {
  input_.erase(0, begin_);
  begin_ = 0;
  if (input_.empty()) input_.shrink_to_fit();  // an idle session holds no buffer
  return input_;
}

LineEvent LineReader::next(std::size_t limit) {
  const std::string_view rest = std::string_view(input_).substr(begin_);
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) {
    if (skipped_ == 0 && rest.size() <= limit + 1) return NeedMore{};
    skipped_ += rest.size();
    begin_ = input_.size();
    if (skipped_ > kMaxSkippedBytes) return EndlessLine{};
    return NeedMore{};
  }
  begin_ += end + 1;
  const std::string_view line = without_cr(rest.substr(0, end));
  if (skipped_ == 0 && line.size() <= limit) return Line{line};
  skipped_ = 0;
  return LineTooLong{};
}

std::optional<std::string_view> LineReader::peek() const {
  if (skipped_ != 0) return std::nullopt;
  const std::string_view rest = std::string_view(input_).substr(begin_);
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = without_cr(rest.substr(0, end));
  if (line.size() > kMaxLineBytes) return std::nullopt;
  return line;
}

void LineReader::reset() {
  input_.clear();
  begin_ = 0;
  skipped_ = 0;
}

}  // namespace mailkeep::pop3
