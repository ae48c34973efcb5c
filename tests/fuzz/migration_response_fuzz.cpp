// The input is what an IMAP server sends, to be migrated from. Cuts change nothing; a message is as
// long as it was announced; what is made of a response is what a mailbox here can have.
#include <string>

#include "cut_input.h"
#include "expect.h"
#include "protocol/imap/wire/characters.h"
#include "server/migration/fetch_reply.h"
#include "server/migration/list_reply.h"
#include "server/migration/response_reader.h"
#include "store/mailbox_name.h"

using namespace mailkeep;
using namespace mailkeep::server;

namespace {

void check_response(std::string_view line) {
  if (const auto reply = parse_fetch_reply(line)) {
    expect(!reply->body || reply->body->size() <= line.size(), "a body is in its response");
    if (reply->flags) {
      for (const std::string& keyword : reply->flags->keywords) {
        expect(!keyword.empty() && keyword.size() <= store::kMaxKeywordBytes &&
                   imap::all_are(keyword, imap::character::atom),
               "keywords are atoms");
      }
    }
  }
  const std::string prefix = parse_namespace_prefix(line).value_or("");
  if (const auto mailbox = parse_list_reply(line)) {
    for (const std::string_view start : {std::string_view(prefix), std::string_view("INBOX.")}) {
      const auto name = local_name(*mailbox, start);
      if (name) static_cast<void>(store::normalize_mailbox_name(*name));
    }
  }
  static_cast<void>(parse_status_reply(line));
  static_cast<void>(response_code_number(line, "UIDVALIDITY"));
}

class Conversation {
 public:
  bool feed(std::string_view octets) {
    try {
      reader_.feed(octets);
    } catch (const ProtocolError& error) {
      log_ += error.what();
      return false;
    }
    return true;
  }
  const std::string& log() const { return log_; }

 private:
  void take_response(std::string_view text) {
    expect(left_ == 0, "a response ends after its messages");
    expect(text.size() <= ResponseReader::kMaxResponseBytes + 2, "responses have a limit");
    check_response(text);
    log_.append(text).append("\n");
  }
  void take_body(std::uint64_t size, std::string_view octets) {
    expect(size == 0 || left_ == 0, "messages come one after the other");
    expect(octets.size() <= left_ + size, "a message is no longer than announced");
    left_ = left_ + size - octets.size();
    log_.append(octets);
  }

  std::string log_;
  std::uint64_t left_ = 0;  // of a message
  ResponseReader reader_{
      [this](std::string_view text) { take_response(text); },
      [this](std::uint64_t size, std::string_view octets) { take_body(size, octets); }};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  expect_cuts_change_nothing<Conversation>(as_text(data, size));
  return 0;
}
