#include "protocol/pop3/retrieval.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "mime/message_parser.h"
#include "mime/structure.h"
#include "protocol/pop3/wire/encoder.h"

namespace mailkeep::pop3 {
namespace {

constexpr std::string_view kGone = "Message is gone";

// Puts `out` back to what it was, unless the piece was completed.
class Rollback {
 public:
  explicit Rollback(std::string& out) : out_(out), size_(out.size()) {}
  ~Rollback() {
    if (!kept_) out_.resize(size_);
  }
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;
  void keep() { kept_ = true; }

 private:
  std::string& out_;
  std::size_t size_;
  bool kept_ = false;
};

std::unique_ptr<store::MessageCursor> open(store::Account& account, store::MailboxId mailbox,
                                           const store::UidSet& uids) {
  auto cursor = account.messages(mailbox, uids, store::Detail::row);
  if (!cursor) throw std::runtime_error(std::string(store::describe(cursor.error())));
  return std::move(*cursor);
}

// Appends part of a message, all of it or an exception.
void read(store::MessageCursor& cursor, std::uint64_t offset, std::uint64_t length,
          std::string& out) {
  const std::size_t before = out.size();
  cursor.read(offset, length, out);
  if (out.size() - before != length) throw std::runtime_error("a message is shorter than its size");
}

void write_ok(std::string& out, std::uint64_t bytes) {
  Encoder(out).ok(std::to_string(bytes) + " octets");
}

// What has to be done about the dots at the starts of a whole message's lines.
struct Dots {
  bool any = false;       // some stand there
  bool lone_dot = false;  // as LoneDotFinder says
};

Dots find_dots(std::string_view message) {
  Dots dots{.any = message.starts_with('.')};
  bool after_bare_lf = false;
  for (std::size_t line_feed = message.find("\n."); line_feed != std::string_view::npos;
       line_feed = message.find("\n.", line_feed + 2)) {
    dots.any = true;
    after_bare_lf = after_bare_lf || line_feed == 0 || message[line_feed - 1] != '\r';
  }
  if (after_bare_lf) {
    LoneDotFinder finder;
    finder.feed(message);
    dots.lone_dot = finder.found();
  }
  return dots;
}

// Whether the kept structure says that there is no bare LF, and that no more was wrong with the
// message than was written down.
bool surely_has_no_bare_lf(store::MessageCursor& cursor) {
  try {
    const auto structure = mime::deserialize(cursor.structure());
    if (!structure || structure->defects.size() >= mime::ParserLimits{}.defects) return false;
    return std::ranges::none_of(structure->defects, [](const mime::Defect& defect) {
      using enum mime::DefectKind;
      return defect.kind == bare_lf || defect.kind == handling_failed || defect.kind == time_limit;
    });
  } catch (const std::exception&) {
    return false;  // the octets are there, maybe
  }
}

// The same for a long message, which is read an extra time only if it has to be.
bool long_message_has_lone_dot(store::MessageCursor& cursor, std::uint64_t bytes) {
  if (surely_has_no_bare_lf(cursor)) return false;
  LoneDotFinder finder;
  std::string piece;
  for (std::uint64_t offset = 0; offset < bytes; offset += kPieceBytes) {
    piece.clear();
    read(cursor, offset, std::min(kPieceBytes, bytes - offset), piece);
    finder.feed(piece);
  }
  return finder.found();
}

// The header with its blank line, or all there is.
std::string_view header_of(std::string_view message) {
  if (message.starts_with("\r\n") || message.starts_with('\n')) return {};
  std::size_t end = message.find("\n\r\n");
  end = std::min(end, message.find("\n\n"));
  return message.substr(0, end);
}

bool has_utf8_header(std::string_view message) {
  return std::ranges::any_of(header_of(message),
                             [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

void write_utf8_refusal(std::string& out) {
  Encoder(out).error(ResponseCode::utf8, "The message has UTF-8 in its header: say UTF8 first");
}

void replace_nuls(std::string& out, std::size_t begin) {
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '\0', '\x80');
}

}  // namespace

bool RetrievalRun::accepts(const Retrieval& retrieval) const {
  if (retrieval.bytes > kPieceBytes) return false;
  if (retrievals_.empty()) return true;
  return bytes_ + retrieval.bytes <= kPieceBytes && retrievals_.back().uid < retrieval.uid;
}

void RetrievalRun::add(const Retrieval& retrieval) {
  retrievals_.push_back(retrieval);
  bytes_ += retrieval.bytes;
}

void RetrievalRun::write(store::Account& account, store::MailboxId mailbox, std::string& out) {
  store::UidSet uids;
  for (std::size_t i = next_; i < retrievals_.size(); ++i) uids.add(retrievals_[i].uid);
  out.reserve(out.size() + bytes_ + bytes_ / 64 + 64 * retrievals_.size());
  const auto cursor = open(account, mailbox, uids);
  bool there = false;
  std::uint32_t reached = 0;
  while (next_ < retrievals_.size()) {
    const Retrieval& retrieval = retrievals_[next_];
    if (reached < retrieval.uid.value) {
      there = cursor->next();
      reached = there ? cursor->row().uid.value : std::numeric_limits<std::uint32_t>::max();
    }
    if (there && cursor->row().uid == retrieval.uid) {
      write_message(*cursor, retrieval, out);
    } else {
      Encoder(out).error(ResponseCode::none, kGone);
    }
    ++next_;
  }
}

store::Uid RetrievalRun::skip_failed() {
  return retrievals_[next_++].uid;
}

void RetrievalRun::write_message(store::MessageCursor& cursor, const Retrieval& retrieval,
                                 std::string& out) {
  Rollback rollback(out);
  const std::size_t start = out.size();
  write_ok(out, retrieval.bytes);
  const std::size_t begin = out.size();
  read(cursor, 0, retrieval.bytes, out);
  const auto message = [&] { return std::string_view(out).substr(begin); };
  if (rules_.refuses_utf8 && has_utf8_header(message())) {
    out.resize(start);
    write_utf8_refusal(out);
    rollback.keep();
    return;
  }
  if (rules_.replaces_nuls) replace_nuls(out, begin);
  if (rules_.ends_headers && header_of(message()).size() == message().size()) {
    out.append(message().ends_with("\r\n") || message().empty() ? "\r\n" : "\r\n\r\n");
  }
  const Dots dots = find_dots(message());
  if (retrieval.lines) out.resize(begin + TopCounter(*retrieval.lines).feed(message()));
  if (!dots.any) {
    if (begin != out.size() && !message().ends_with("\r\n")) out.append("\r\n");
    Encoder(out).end_lines();
  } else {
    LineEncoder lines(dots.lone_dot);
    lines.encode(out, begin);
    lines.finish(out);
  }
  if (!retrieval.lines) sent_.add(retrieval.uid);
  rollback.keep();
}

LongRetrieval::Progress LongRetrieval::write_piece(store::Account& account,
                                                   store::MailboxId mailbox, std::string& out) {
  Rollback rollback(out);
  const auto cursor =
      open(account, mailbox, store::UidSet({retrieval_.uid.value, retrieval_.uid.value}));
  if (!cursor->next()) {
    if (begun_) return Progress::broken;
    Encoder(out).error(ResponseCode::none, kGone);
    rollback.keep();
    return Progress::complete;
  }
  if (!begun_ && rules_.refuses_utf8) {
    std::string first;
    read(*cursor, 0, std::min(kPieceBytes, retrieval_.bytes), first);
    if (has_utf8_header(first)) {
      write_utf8_refusal(out);
      rollback.keep();
      return Progress::complete;
    }
  }
  if (!begun_) begin(*cursor, out);
  const std::size_t start = out.size();
  const std::uint64_t length = std::min(kPieceBytes, retrieval_.bytes - offset_);
  read(*cursor, offset_, length, out);
  if (top_) out.resize(start + top_->feed(std::string_view(out).substr(start)));
  if (rules_.replaces_nuls) replace_nuls(out, start);
  lines_.encode(out, start);
  rollback.keep();
  begun_ = true;
  offset_ += length;
  if (offset_ < retrieval_.bytes && !(top_ && top_->done())) return Progress::more;
  lines_.finish(out);
  if (!retrieval_.lines) sent_.add(retrieval_.uid);
  return Progress::complete;
}

void LongRetrieval::begin(store::MessageCursor& cursor, std::string& out) {
  lines_ = LineEncoder(long_message_has_lone_dot(cursor, retrieval_.bytes));
  if (retrieval_.lines) top_.emplace(*retrieval_.lines);
  write_ok(out, retrieval_.bytes);
}

}  // namespace mailkeep::pop3
