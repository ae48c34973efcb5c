// RETR and TOP: the replies of one or more messages, read from the store and made into lines.
// Everything here blocks and belongs into the pool; it writes to the session's output meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/pop3/wire/message_lines.h"
#include "store/account.h"

namespace mailkeep::pop3 {

// A message at most this long is answered in one piece, together with its neighbours in the
// pipeline; a longer one leaves in pieces of this size.
inline constexpr std::uint64_t kPieceBytes = 256 * 1024;

struct Retrieval {
  store::Uid uid;
  std::uint64_t bytes = 0;             // of the whole message
  std::optional<std::uint64_t> lines;  // TOP: so many of the body
};

// What is changed or refused for clients that cannot do with messages as they are.
struct RetrievalRules {
  bool replaces_nuls = false;  // by 0x80
  bool ends_headers = false;   // adds the blank line that a message without a body lacks
  bool refuses_utf8 = false;   // messages with more than ASCII in their headers (RFC 6856 5)
};

// The replies to a run of retrievals with ascending UIDs, each at most kPieceBytes long, read
// through one cursor. One that is gone is answered with an error.
class RetrievalRun {
 public:
  explicit RetrievalRun(const RetrievalRules& rules = {}) : rules_(rules) {}

  void add(const Retrieval& retrieval);
  bool accepts(const Retrieval& retrieval) const;
  bool empty() const { return retrievals_.empty(); }

  // Appends the replies that are still to come. Throws in the middle where the store fails: what
  // `out` then holds is whole replies, and failed() answers for the message that failed, so that
  // the run can be written again from the one after it.
  void write(store::Account& account, store::MailboxId mailbox, std::string& out);
  bool done() const { return next_ == retrievals_.size(); }
  // Those that were written whole, for RETR.
  const store::UidSet& sent() const { return sent_; }
  // Gives up the retrieval that write() threw for, and returns its UID.
  store::Uid skip_failed();

 private:
  void write_message(store::MessageCursor& cursor, const Retrieval& retrieval, std::string& out);

  RetrievalRules rules_;
  std::vector<Retrieval> retrievals_;
  std::size_t next_ = 0;
  std::uint64_t bytes_ = 0;
  store::UidSet sent_;
};

// The reply of one long message.
class LongRetrieval {
 public:
  enum class Progress : std::uint8_t {
    more,      // there is another piece
    complete,  // also where the message was gone before the first piece: the reply is an error
    broken,    // it went away in the middle, and the reply can never be completed
  };

  explicit LongRetrieval(const Retrieval& retrieval, const RetrievalRules& rules = {})
      : retrieval_(retrieval), rules_(rules) {}

  // Appends the next piece. Where it throws, `out` is as before.
  Progress write_piece(store::Account& account, store::MailboxId mailbox, std::string& out);
  // Whether the reply has begun, so that no error can be said instead.
  bool begun() const { return begun_; }
  // The message, if it was written whole, for RETR.
  const store::UidSet& sent() const { return sent_; }

 private:
  void begin(store::MessageCursor& cursor, std::string& out);

  Retrieval retrieval_;
  RetrievalRules rules_;
  bool begun_ = false;
  std::uint64_t offset_ = 0;
  LineEncoder lines_;
  std::optional<TopCounter> top_;
  store::UidSet sent_;
};

}  // namespace mailkeep::pop3
