// A cursor over one message that is at hand, without any store.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "mime/message_parser.h"
#include "mime/preview.h"
#include "store/account.h"

namespace mailkeep::imap {

class MemoryCursor : public store::MessageCursor {
 public:
  explicit MemoryCursor(std::string_view message) : message_(message) {
    const mime::Structure structure = mime::parse_message(message);
    structure_ = mime::serialize(structure);
    header_ = message.substr(0, structure.root().body_begin);
    row_.uid = store::Uid{1};
    row_.size = message.size();
  }

  bool next() override { return !std::exchange(given_, true); }
  const store::MessageRow& row() const override { return row_; }
  std::string_view structure() override { return structure_; }
  std::string_view header() override { return header_; }
  store::ThreadId thread() override { return {}; }
  std::string preview() override {
    return mime::preview(mime::deserialize(structure()).value(),
                         [this](std::uint64_t offset, std::uint64_t length, std::string& out) {
                           read(offset, length, out);
                         });
  }
  void read(std::uint64_t offset, std::uint64_t length, std::string& out) override {
    if (offset < message_.size()) out += message_.substr(offset, length);
  }

 private:
  std::string_view message_;
  std::string structure_;
  std::string_view header_;
  store::MessageRow row_;
  bool given_ = false;
};

}  // namespace mailkeep::imap
