#include "server/admin/mbox_writer.h"

#include <algorithm>

#include "server/admin/from_line.h"
#include "server/admin/mbox_fields.h"

namespace mailkeep::server {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::size_t kMaxQuotes = 1000;  // more of them are no quoting

std::string_view without_quotes(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of('>'), line.size()));
}

// Whether the start of a line may still turn out to be ">*From ".
bool may_be_from(std::string_view start) {
  return start.size() < kMaxQuotes && kFrom.starts_with(without_quotes(start));
}

}  // namespace

void MboxWriter::begin(const ExportedMessage& message) {
  line_end_ = message.unix_line_ends ? "\n" : "\r\n";
  MboxFields fields;
  fields.flags = message.flags;
  fields.uid = message.uid.value;
  fields.uid_validity = mailbox_.uid_validity;
  fields.last_uid = mailbox_.uid_next.value - 1;
  fields.pop3_id = message.pop3_id;
  std::string head = make_from_line(message.date);
  head.append(line_end_).append(make_mbox_fields(fields, first_, line_end_));
  first_ = false;
  file_.write(head);
  at_line_start_ = true;
}

void MboxWriter::write(std::string_view bytes) {
  std::size_t position = 0;
  while (position < bytes.size()) {
    if (at_line_start_) {
      put_start_of_line(bytes[position++]);
      continue;
    }
    const std::size_t line_feed = bytes.find('\n', position);
    const std::size_t end = line_feed == std::string_view::npos ? bytes.size() : line_feed + 1;
    file_.write(bytes.substr(position, end - position));
    at_line_start_ = line_feed != std::string_view::npos;
    position = end;
  }
}

// Holds octets back until they decide whether the line is to be quoted.
void MboxWriter::put_start_of_line(char next) {
  line_start_.push_back(next);
  if (line_start_.ends_with(kFrom) && without_quotes(line_start_) == kFrom) {
    file_.write(">");
  } else if (may_be_from(line_start_)) {
    return;
  }
  file_.write(line_start_);
  line_start_.clear();
  at_line_start_ = next == '\n';
}

// A message that does not end in a line end gets one; then comes the blank line of the file.
void MboxWriter::end() {
  if (!at_line_start_ || !line_start_.empty()) {
    file_.write(line_start_);
    line_start_.clear();
    file_.write(line_end_);
  }
  file_.write(line_end_);
}

void MboxWriter::finish() {
  file_.sync();
  file_.close();
}

}  // namespace mailkeep::server
