// One message as one FETCH response (RFC 9051 7.5.2). Whatever the message is, whatever fails while
// it is handled, and however long that takes, what comes out is one whole, valid response.
//
// Blocking, since it reads from the store. Used by one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.h"
#include "mime/text/decoders.h"
#include "protocol/imap/fetch/fetch_items.h"
#include "protocol/imap/fetch/section_reader.h"
#include "protocol/imap/fetch/structure_encoder.h"
#include "protocol/imap/mailbox_view.h"
#include "protocol/imap/wire/encoder.h"
#include "store/account.h"
#include "store/time_budget.h"

namespace mailkeep::imap {

// Octets of a message that are too many to render with the rest: they are to be streamed between
// the texts. `text` goes out first, then the octets.
struct LargeLiteral {
  std::string text;
  OctetRange octets;
  // Where set: octets [skip, skip + take) of what the part decodes to.
  struct Decoded {
    mime::TransferEncoding encoding = mime::TransferEncoding::identity;
    std::uint64_t skip = 0;
    std::uint64_t take = 0;
  };
  std::optional<Decoded> decoded = std::nullopt;
};

// What writes the items that are rendered from a structure. Tests put in what fails.
struct StructureWriters {
  std::function<void(Encoder&, const mime::Envelope&)> envelope = write_envelope;
  std::function<void(Encoder&, const mime::Structure&, bool extended)> body_structure =
      write_body_structure;
};

class MessageRenderer {
 public:
  // Literals up to this size are rendered in place.
  static constexpr std::uint64_t kInlineOctets = 256 * 1024;

  // `failed` is told of a message of which some item failed and has its answer of last resort: NIL
  // for octets and texts, one application/octet-stream leaf for a structure. The others stand.
  // Behind the `budget` everything fails but octets as they are kept. All but the last two must
  // outlive the renderer.
  MessageRenderer(const FetchItems& items, const MailboxView& view, store::FailureSink failed,
                  StructureWriters writers = {},
                  std::chrono::nanoseconds budget = store::kMessageBudget)
      : items_(items),
        view_(view),
        failed_(std::move(failed)),
        writers_(std::move(writers)),
        budget_(budget) {}

  // What a cursor has to bring for these items.
  store::Detail detail() const;

  // Appends the response for the cursor's message to `out`. `with_flags`: FLAGS are told even if
  // not asked for. Large literals, if any, go to `large`, each with all the text before it; the
  // text after the last is in `out` then.
  void render(store::MessageCursor& cursor, bool with_flags, std::string& out,
              std::vector<LargeLiteral>& large);

  // Whether a part was asked for without an encoding that is not known; its item was left out (RFC
  // 3516 4.3).
  bool met_unknown_encoding() const { return unknown_encoding_; }

  // Whether a message of that size could have large literals here.
  bool may_be_large(std::uint64_t size) const {
    return size > kInlineOctets && !items_.bodies.empty();
  }

 private:
  void write_row_items(Encoder& out, const store::MessageRow& row, bool with_flags);
  mime::Structure structure_of(store::MessageCursor& cursor);
  mime::Structure opaque_structure_of(store::MessageCursor& cursor);
  void write_envelope_item(const mime::Structure& structure, std::string& out);
  void write_structure_item(store::MessageCursor& cursor, bool extended, mime::Structure& structure,
                            std::string& out);
  void write_thread_id(store::MessageCursor& cursor, std::string& out);
  void write_body(const BodyItem& item, store::MessageCursor& cursor,
                  const mime::Structure* structure, std::string& out,
                  std::vector<LargeLiteral>& large);
  void write_binary(const BodyItem& item, store::MessageCursor& cursor,
                    const mime::Structure* structure, std::string& out,
                    std::vector<LargeLiteral>& large);
  void write_preview(store::MessageCursor& cursor, std::string& out);
  void write_absent_body(const BodyItem& item, std::string& out);
  void separate(Encoder& out);
  // Runs `work`, which appends one item; where it throws, takes back what it wrote and runs
  // `instead`.
  template <class Work, class Instead>
  void attempt(std::string& out, Work work, Instead instead);
  // The same for work that takes time by what is in the message: it fails too where the budget is
  // passed before it or by it.
  template <class Work, class Instead>
  void attempt_in_time(std::string& out, Work work, Instead instead);
  // The first of a message is told.
  void note_failure(std::string_view what) {
    if (failure_.empty()) failure_ = what;
  }

  const FetchItems& items_;
  const MailboxView& view_;
  store::FailureSink failed_;
  StructureWriters writers_;
  store::TimeBudget budget_;
  std::string failure_;  // of the message at hand
  bool first_item_ = true;
  bool unknown_encoding_ = false;
  std::string scratch_;
};

}  // namespace mailkeep::imap
