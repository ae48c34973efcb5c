// The messages of an mbox file (RFC 4155 with the mboxrd rule of quoting).
//
// A message begins at a line "From SENDER DATE", also where no blank line stands before it; a line
// "From " without a date is text. ">From " and ">>From " lose one ">". The blank line that ends a
// message is the file's, not the message's. Flags come from Status and X-Status fields, keywords
// from X-Keywords, UIDs from X-UID and from X-IMAPbase or X-IMAP in the first message, POP3 ids
// from X-UIDL. A block of them at the very top is what `mailkeep export` writes (mbox_fields.h) and
// is taken out again, others stay. A first message that only holds such data is no message.
//
// Where a From_ line ends in LF, the message's bare LF become CRLF (unless verbatim).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "server/admin/input_file.h"
#include "server/admin/mail_source.h"
#include "server/admin/mbox_fields.h"

namespace mailkeep::server {

class MboxSource final : public MailSource {
 public:
  // `folder`: for all of its messages. Throws MailReadError where the file cannot be opened.
  MboxSource(const std::filesystem::path& path, std::string folder, bool verbatim);

  // Whether a file that begins so is an mbox file.
  static bool is_mbox(std::string_view start);

  std::vector<ImportedFolder> folders() const override;
  std::uint64_t total_bytes() const override { return file_.size(); }
  std::uint64_t bytes_done() const override { return bytes_done_; }
  std::optional<ImportedMessage> next(const Write& write) override;
  std::string where() const override;

 private:
  // A piece of a line: `begins` and `ends` say whether its start and its line end are in it.
  struct Piece {
    std::string_view text;
    bool begins = true;
    bool ends = true;
  };

  std::optional<Piece> next_piece();
  void fill();
  bool find_first_message();
  void begin_message(std::string_view from_line, store::InternalDate date);
  void take_line(const Piece& piece);
  void put(std::string_view text);
  bool take_exported(std::string_view line);
  void put_held_lines();
  void flush(const Write& write);
  void read_base();
  void read_message(const Write& write);
  store::Uid uid_of(const MboxFields& fields);

  InputFile file_;
  std::string path_;
  std::string folder_;
  bool verbatim_;
  std::uint64_t bytes_done_ = 0;
  std::string input_;
  std::size_t begin_ = 0;  // of what has not been given out
  bool at_end_ = false;
  bool in_line_ = false;  // the last piece did not end its line

  std::uint64_t number_ = 0;                      // of the message, from 1
  std::optional<store::InternalDate> next_date_;  // of a From_ line that was read already
  bool next_crlf_ = false;
  bool crlf_ = false;
  std::string output_;  // of the message, not yet written
  std::string header_;
  std::string held_blank_;    // a blank line that may be the file's
  std::string held_fields_;   // what may be the fields of an export
  std::size_t exported_ = 0;  // lines of them
  MboxFields fields_;         // from the exported ones
  MboxFields base_;           // of the first message: UIDVALIDITY
  bool uids_end_ = false;     // a message had no UID that could be kept
  store::Uid last_uid_{};
  std::uint64_t lines_ = 0;
};

}  // namespace mailkeep::server
