#include "mime/message_parser.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "mime/content_check.h"
#include "mime/octet_check.h"
#include "mime/part_header.h"
#include "mime/part_tree.h"
#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

// RFC 5322 2.1.1: a line has at most 998 octets without its line end.
constexpr std::uint64_t kLongestLine = 998;

// How often one header is searched for its own boundary because a line in it looks like a
// delimiter.
constexpr int kOwnBoundarySearches = 4;

bool starts_with_dashes(std::string_view line) {
  return line.size() >= 2 && line[0] == '-' && line[1] == '-';
}

// What is needed of a line of which only the beginning is at hand.
class CutLine {
 public:
  void begin(std::size_t octets_to_keep) {
    head_.clear();
    octets_to_keep_ = octets_to_keep;
    tail_blank_ = true;
    last_ = '\0';
  }

  void extend(std::string_view piece) {
    if (piece.empty()) return;
    const std::string_view head = piece.substr(0, octets_to_keep_ - head_.size());
    head_ += head;
    piece.remove_prefix(head.size());
    if (tail_blank_) tail_blank_ = std::all_of(piece.begin(), piece.end(), is_line_space);
    last_ = piece.empty() ? head.back() : piece.back();
  }

  bool ends_in_cr() const { return last_ == '\r'; }

  // The line as OpenBoundaries::match() wants it.
  std::string_view text() {
    if (!tail_blank_) head_ += 'x';  // stands for what was not kept
    return head_;
  }

 private:
  std::string head_;
  std::size_t octets_to_keep_ = 0;
  bool tail_blank_ = true;
  char last_ = '\0';
};

}  // namespace

// Reads lines. One that is complete in what was fed, as nearly all are, is looked at in place.
struct MessageParser::State {
  explicit State(const ParserLimits& parser_limits) : limits(parser_limits), tree(parser_limits) {}

  void feed(std::string_view bytes);
  void finish();

  // These take lines from the front of `bytes` and return what they leave.
  std::string_view feed_header(std::string_view bytes);
  std::string_view feed_body(std::string_view bytes);
  std::string_view feed_cut_line(std::string_view bytes);

  void begin_cut_line(std::string_view piece);
  void finish_cut_line(std::uint64_t size, bool ends_in_cr, bool ends_in_lf);
  LinePlace after_line(std::uint64_t size, bool ends_in_cr, bool ends_in_lf);

  void collect_header(std::string_view bytes);
  std::string_view header_with(std::string_view bytes);
  void begin_header();
  void end_header(std::string_view whole);
  bool take_delimiter(std::string_view text, std::string_view header_before, const LinePlace& next);
  void end_content();
  bool is_delimiter(std::string_view text) const;
  bool is_own_boundary(std::string_view text, std::string_view header_before);

  ParserLimits limits;
  PartTree tree;
  OctetCheck octets;

  std::uint64_t offset = 0;  // of the next octet; behind line.offset where a line was cut
  LinePlace line;            // where the current line begins
  CutLine cut_line;

  // The header of the current part as far as it was read and had to be kept, up to the limit.
  bool in_header = true;
  std::string header;
  std::uint64_t header_begin = 0;
  std::size_t cut_line_in_header = 0;  // where the cut line begins in `header`
  int own_boundary_searches = 0;

  // The body of the current part, up to the current line, and with what is at hand of a cut line.
  ContentCheck content;
  ContentCheck cut_content;

  bool bare_lf_seen = false;
  bool long_line_seen = false;
};

void MessageParser::State::feed(std::string_view bytes) {
  octets.feed(bytes);
  if (offset > line.offset) bytes = feed_cut_line(bytes);
  while (!bytes.empty()) bytes = in_header ? feed_header(bytes) : feed_body(bytes);
}

// The place behind a line of `size` octets; notes what is wrong with its length or end.
inline LinePlace MessageParser::State::after_line(std::uint64_t size, bool ends_in_cr,
                                                  bool ends_in_lf) {
  const std::uint64_t end_size = ends_in_lf ? (ends_in_cr ? 2 : 1) : 0;
  if (ends_in_lf && !ends_in_cr && !bare_lf_seen) {
    bare_lf_seen = true;
    tree.add_defect_at(DefectKind::bare_lf, line.offset + size - 1);
  }
  if (size - end_size > kLongestLine && !long_line_seen) {
    long_line_seen = true;
    tree.add_defect_at(DefectKind::line_too_long, line.offset);
  }
  return {line.offset + size, line.lines + (ends_in_lf ? 1 : 0), end_size};
}

std::string_view MessageParser::State::feed_body(std::string_view bytes) {
  const bool delimiters_matter = !tree.boundaries().empty();
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at != end) {
    const auto* lf =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (lf == nullptr) {
      const auto before = static_cast<std::size_t>(at - bytes.data());
      content.feed(bytes.substr(0, before));
      begin_cut_line(bytes.substr(before));
      return {};
    }
    const auto size = static_cast<std::size_t>(lf + 1 - at);
    const bool ends_in_cr = size > 1 && lf[-1] == '\r';
    const LinePlace next = after_line(size, ends_in_cr, true);
    const std::string_view text(at, size - 1);
    offset = next.offset;
    if (delimiters_matter && *at == '-' && is_delimiter(text)) {
      content.feed(bytes.substr(0, static_cast<std::size_t>(at - bytes.data())));
      take_delimiter(text, {}, next);
      return bytes.substr(static_cast<std::size_t>(lf + 1 - bytes.data()));
    }
    at = lf + 1;
    line = next;
  }
  content.feed(bytes);
  return {};
}

std::string_view MessageParser::State::feed_header(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t lf = bytes.find('\n', at);
    if (lf == std::string_view::npos) {
      collect_header(bytes.substr(0, at));
      begin_cut_line(bytes.substr(at));
      return {};
    }
    const std::size_t size = lf + 1 - at;
    const bool ends_in_cr = size > 1 && bytes[lf - 1] == '\r';
    const LinePlace next = after_line(size, ends_in_cr, true);
    offset = next.offset;
    if (size == next.line_end_size) {
      line = next;
      end_header(header_with(bytes.substr(0, lf + 1)));
      return bytes.substr(lf + 1);
    }
    const std::string_view text = bytes.substr(at, size - 1);
    if (starts_with_dashes(text)) {
      // The header so far is kept only for the rare line that may be a delimiter.
      collect_header(bytes.substr(0, at));
      bytes.remove_prefix(at);
      at = 0;
      const bool taken = take_delimiter(text, header, next);
      if (!taken) line = next;
      if (taken || !in_header) return bytes.substr(size);
    } else {
      line = next;
    }
    at += size;
  }
  collect_header(bytes);
  return {};
}

void MessageParser::State::begin_cut_line(std::string_view piece) {
  cut_line.begin(tree.boundaries().octets_to_match() + 2);
  cut_line.extend(piece);
  cut_line_in_header = header.size();
  if (in_header) collect_header(piece);
  cut_content = content;
  cut_content.feed(piece);
  offset += piece.size();
}

std::string_view MessageParser::State::feed_cut_line(std::string_view bytes) {
  const std::size_t lf = bytes.find('\n');
  const std::string_view piece = bytes.substr(0, lf);
  cut_line.extend(piece);
  const bool complete = lf != std::string_view::npos;
  const std::size_t taken = complete ? lf + 1 : bytes.size();
  if (in_header) collect_header(bytes.substr(0, taken));
  cut_content.feed(bytes.substr(0, taken));
  offset += taken;
  if (complete) finish_cut_line(offset - line.offset, cut_line.ends_in_cr(), true);
  return bytes.substr(taken);
}

void MessageParser::State::finish_cut_line(std::uint64_t size, bool ends_in_cr, bool ends_in_lf) {
  const LinePlace next = after_line(size, ends_in_cr, ends_in_lf);
  if (in_header && size == next.line_end_size) {
    line = next;
    end_header(header);
    return;
  }
  std::string_view text = cut_line.text();
  if (in_header && next.offset - header_begin < limits.header_bytes) {
    text = std::string_view(header).substr(cut_line_in_header);
  }
  const std::string_view before = std::string_view(header).substr(0, cut_line_in_header);
  if (take_delimiter(text, before, next)) return;
  line = next;
  content = cut_content;
}

void MessageParser::State::collect_header(std::string_view bytes) {
  header += bytes.substr(0, limits.header_bytes - header.size());
}

// The header that ends with `bytes`, copied only where its beginning was fed before.
std::string_view MessageParser::State::header_with(std::string_view bytes) {
  if (header.empty()) return bytes.substr(0, limits.header_bytes);
  collect_header(bytes);
  return header;
}

void MessageParser::State::begin_header() {
  in_header = true;
  header.clear();
  header_begin = line.offset;
  own_boundary_searches = 0;
}

// The header ends where the current line begins. `whole` is all of it, or as much as the limit
// allows.
void MessageParser::State::end_header(std::string_view whole) {
  if (line.offset - header_begin > limits.header_bytes) {
    tree.add_header_defect(DefectKind::header_limit, header_begin + limits.header_bytes);
  }
  if (tree.end_header(whole, line)) {
    begin_header();
  } else {
    in_header = false;
    content = ContentCheck(tree.content_encoding(), line.offset);
  }
}

// The body of the current part ends where the current line begins.
void MessageParser::State::end_content() {
  content.finish();
  if (const std::optional<std::uint64_t> damage = content.first_damage()) {
    const bool base64 = content.encoding() == TransferEncoding::base64;
    tree.add_content_defect(
        base64 ? DefectKind::invalid_base64 : DefectKind::invalid_quoted_printable, *damage);
  }
  content = ContentCheck();
}

bool MessageParser::State::is_delimiter(std::string_view text) const {
  return starts_with_dashes(text) && tree.boundaries().match(text).has_value();
}

// If the current line delimits a part, ends the header it may stand in, and moves behind it.
bool MessageParser::State::take_delimiter(std::string_view text, std::string_view header_before,
                                          const LinePlace& next) {
  if (!starts_with_dashes(text)) return false;
  std::optional<OpenBoundaries::Match> match = tree.boundaries().match(text);
  if (in_header) {
    if (!match && next.offset - header_begin >= limits.header_bytes) return false;
    if (!match && !is_own_boundary(text, header_before)) return false;
    if (!match) tree.add_header_defect(DefectKind::missing_blank_line, line.offset);
    end_header(header_before);
    while (in_header) end_header({});  // a message inside, with nothing in it
    if (!match) match = tree.boundaries().match(text);
  }
  if (!match) return false;
  end_content();
  const bool header_follows = tree.take_boundary(*match, line, next);
  line = next;
  if (header_follows) begin_header();
  return true;
}

// Whether a line in a header is the first delimiter of the very multipart whose header it is, which
// then has no blank line. Searched for a few times only, so that the work stays linear.
bool MessageParser::State::is_own_boundary(std::string_view text, std::string_view header_before) {
  if (own_boundary_searches == kOwnBoundarySearches) return false;
  ++own_boundary_searches;
  const std::optional<std::string> boundary = boundary_in_header(header_before);
  return boundary && trim_right(text.substr(2)) == *boundary;
}

void MessageParser::State::finish() {
  octets.finish();
  if (const auto nul = octets.first_nul()) tree.add_defect_at(DefectKind::nul_octet, *nul);
  if (const auto cr = octets.first_bare_cr()) tree.add_defect_at(DefectKind::bare_cr, *cr);
  if (offset > line.offset) {
    finish_cut_line(offset - line.offset, cut_line.ends_in_cr(), false);
  }
  // A delimiter that nothing follows, not even its line end, is the end of a multipart rather than
  // the beginning of an empty part.
  const bool empty = in_header && line.offset == header_begin && line.line_end_size == 0;
  if (empty && tree.drop_empty_part()) in_header = false;
  while (in_header) end_header(header);
  end_content();
  tree.finish(line);
}

MessageParser::MessageParser(const ParserLimits& limits)
    : state_(std::make_unique<State>(limits)) {}
MessageParser::~MessageParser() = default;
MessageParser::MessageParser(MessageParser&&) noexcept = default;
MessageParser& MessageParser::operator=(MessageParser&&) noexcept = default;

void MessageParser::feed(std::string_view bytes) {
  state_->feed(bytes);
}

Structure MessageParser::finish() {
  state_->finish();
  return state_->tree.take();
}

Structure parse_message(std::string_view message, const ParserLimits& limits) {
  MessageParser parser(limits);
  parser.feed(message);
  return parser.finish();
}

}  // namespace mailkeep::mime
