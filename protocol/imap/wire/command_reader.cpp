#include "protocol/imap/wire/command_reader.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

constexpr std::string_view kLiteralTooLarge = "literal too large";
constexpr std::size_t kMaxTagBytes = 256;
// The header of a literal at the end of a line, with the line's CR: all that must be kept of a line
// that is passed over.
constexpr std::size_t kMaxLiteralDigits = 20;
constexpr std::size_t kLineTailBytes = kMaxLiteralDigits + 5;

struct LiteralHeader {
  std::uint64_t octets = 0;  // kMaxLiteralOctets + 1 for all that is above
  bool synchronizing = true;
  bool literal8 = false;
};

// RFC 7888 3, RFC 3516 (literal8): ["~"] "{" number ["+"] "}" at the end of a line.
std::optional<LiteralHeader> literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  LiteralHeader header;
  line.remove_suffix(1);
  if (line.ends_with('+')) {
    header.synchronizing = false;
    line.remove_suffix(1);
  }
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view digits = line.substr(open + 1);
  if (digits.empty() || digits.size() > kMaxLiteralDigits) return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    header.octets = header.octets * 10 + static_cast<std::uint64_t>(c - '0');
    header.octets = std::min(header.octets, kMaxLiteralOctets + 1);
  }
  header.literal8 = open > 0 && line[open - 1] == '~';
  return header;
}

// What stands before the first space: a line may have come in part only.
std::string tag_of(std::string_view line) {
  const std::size_t end = line.find(' ');
  if (end > kMaxTagBytes) return {};
  const std::string_view tag = line.substr(0, end);
  return all_are(tag, character::tag) ? std::string(tag) : std::string();
}

}  // namespace

std::string& CommandReader::input() {
  drop_consumed();
  return input_;
}

void CommandReader::drop_consumed() {
  if (consumed_ == 0) return;
  if (consumed_ == input_.size()) {
    std::string().swap(input_);
  } else {
    input_.erase(0, consumed_);
    if (input_.capacity() > 4 * input_.size() + 1024) input_.shrink_to_fit();
  }
  consumed_ = 0;
}

void CommandReader::forget_command() {
  std::string().swap(command_);
  line_bytes_ = 0;
  command_ended_ = false;
}

void CommandReader::reset() {
  *this = CommandReader(limits_);
}

std::string CommandReader::take_unread() {
  std::string left(unread());
  reset();
  return left;
}

ReaderEvent CommandReader::next() {
  if (command_ended_) forget_command();
  if (announced_) refuse(announced_->octets, announced_->synchronizing);
  if (refusal_) return *std::exchange(refusal_, std::nullopt);
  while (streaming_ == 0 && pass_over() && gather_more()) {
    if (auto event = line()) return std::move(*event);
  }
  drop_consumed();
  return NeedMore{};
}

// Whether all that is to be passed over has been.
bool CommandReader::pass_over() {
  const std::uint64_t count = std::min<std::uint64_t>(skipping_, unread().size());
  consumed_ += static_cast<std::size_t>(count);
  skipping_ -= count;
  return skipping_ == 0;
}

// Whether the literal is complete.
bool CommandReader::gather_more() {
  const std::uint64_t count = std::min<std::uint64_t>(gathering_, unread().size());
  command_.append(unread(), 0, static_cast<std::size_t>(count));
  consumed_ += static_cast<std::size_t>(count);
  gathering_ -= count;
  return gathering_ == 0;
}

// Takes one line. Nothing: the line was passed over, another may follow.
std::optional<ReaderEvent> CommandReader::line() {
  const std::string_view text = unread();
  const std::size_t end = text.find('\n', scanned_);
  if (end == std::string_view::npos) return incomplete_line();
  scanned_ = 0;
  consumed_ += end + 1;
  std::string_view line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (skipping_line_) return skipped_line(line);
  return complete_line(line);
}

std::optional<ReaderEvent> CommandReader::incomplete_line() {
  const std::string_view text = unread();
  if (skipping_line_) {
    consumed_ += text.size() - std::min(text.size(), kLineTailBytes);
  } else if (line_bytes_ + text.size() > limits_.line_bytes + 1) {  // the CR may be there
    auto bad = reject(text, "line too long");
    skipping_line_ = true;
    return bad;
  }
  scanned_ = unread().size();
  drop_consumed();
  return NeedMore{};
}

// The end of a line that is passed over. What follows a literal there belongs to it too.
std::optional<ReaderEvent> CommandReader::skipped_line(std::string_view line) {
  skipping_line_ = false;
  const auto literal = literal_at_end(line);
  if (!literal || literal->synchronizing) return std::nullopt;
  if (literal->octets > kMaxLiteralOctets) return BadInput{"", std::string(kLiteralTooLarge), true};
  skipping_ = literal->octets;
  skipping_line_ = true;
  return std::nullopt;
}

ReaderEvent CommandReader::complete_line(std::string_view line) {
  const auto literal = literal_at_end(line);
  std::string_view problem;
  if (line_bytes_ + line.size() > limits_.line_bytes) {
    problem = "line too long";
  } else if (line.find('\0') != std::string_view::npos) {
    problem = "NUL in a command";
  } else if (line.find('\r') != std::string_view::npos) {
    problem = "carriage return without line feed in a command";
  } else if (literal && !literal->synchronizing && literal->octets > limits_.unasked_octets &&
             literal->octets <= kMaxLiteralOctets) {
    problem = "literal too large to be sent unasked";
  } else if (literal && literal->octets > kMaxLiteralOctets) {
    BadInput bad = reject(line, std::string(kLiteralTooLarge));
    bad.fatal = !literal->synchronizing;
    return bad;
  }
  if (!problem.empty()) {
    BadInput bad = reject(line, std::string(problem));
    if (auto fatal = skipped_line(line)) refusal_ = std::get<BadInput>(std::move(*fatal));
    return bad;
  }
  if (literal) {
    return literal_begins(line, literal->octets, literal->synchronizing, literal->literal8);
  }
  command_ended_ = true;
  if (command_.empty()) return CommandText{line};
  command_ += line;
  return CommandText{command_};
}

ReaderEvent CommandReader::literal_begins(std::string_view line, std::uint64_t octets,
                                          bool synchronizing, bool literal8) {
  command_.append(line).append("\r\n");
  line_bytes_ += line.size() + 2;
  announced_ = Announced{octets, synchronizing};
  return NeedLiteral{command_, octets, synchronizing, literal8};
}

BadInput CommandReader::reject(std::string_view line, std::string text) {
  BadInput bad{tag_of(command_.empty() ? line : command_), std::move(text), false};
  forget_command();
  return bad;
}

bool CommandReader::gather() {
  if (!announced_) return false;
  const Announced literal = *std::exchange(announced_, std::nullopt);
  const std::size_t room =
      limits_.gathered_bytes - std::min(limits_.gathered_bytes, command_.size());
  if (literal.octets > room) {
    refusal_ = BadInput{tag_of(command_), std::string(kLiteralTooLarge), false};
    refuse(literal.octets, literal.synchronizing);
    return false;
  }
  gathering_ = literal.octets;
  return true;
}

void CommandReader::stream(std::uint64_t octets) {
  announced_.reset();
  streaming_ = octets;
}

void CommandReader::refuse(std::uint64_t octets, bool synchronizing) {
  announced_.reset();
  streaming_ = 0;  // of one that was taken in part
  forget_command();
  if (synchronizing) return;
  skipping_ = octets;
  skipping_line_ = true;
}

std::string_view CommandReader::take() {
  const std::string_view text = unread();
  const std::uint64_t count = std::min<std::uint64_t>(streaming_, text.size());
  consumed_ += static_cast<std::size_t>(count);
  streaming_ -= count;
  return text.substr(0, static_cast<std::size_t>(count));
}

}  // namespace mailkeep::imap
