#include "server/admin/deliver_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <limits>

#include "protocol/lmtp/delivery.h"
#include "protocol/lmtp/replies.h"
#include "protocol/lmtp/trace.h"
#include "server/admin/arguments.h"
#include "server/admin/line_ends.h"
#include "server/admin/open_store.h"
#include "server/delivery/address_book.h"
#include "server/exit_code.h"
#include "store/addresses.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kPieceBytes = 128 * 1024;

int exit_code_of(const lmtp::Reply& reply) {
  if (reply.code < 300) return exit_code::ok;
  if (reply.code < 500) return exit_code::temporary_failure;
  if (reply.enhanced.starts_with("5.1.") || reply.enhanced == "5.7.1") return exit_code::no_user;
  return exit_code::cannot_create;
}

// A failure for now outweighs one for good: the mail is tried again, and nothing is lost.
int worse(int left, int right) {
  const auto rank = [](int code) {
    if (code == exit_code::ok) return 0;
    return code == exit_code::temporary_failure ? 2 : 1;
  };
  return rank(left) >= rank(right) ? left : right;
}

// Standard input in pieces, with CRLF at the ends of lines and without the line "From sender date"
// that some mail systems put before a message.
class MessageInput {
 public:
  explicit MessageInput(std::istream& in, bool verbatim) : in_(in), verbatim_(verbatim) {}

  // Empty at the end.
  std::string next() {
    std::string octets(kPieceBytes, '\0');
    in_.read(octets.data(), static_cast<std::streamsize>(octets.size()));
    octets.resize(static_cast<std::size_t>(in_.gcount()));
    if (verbatim_ || octets.empty()) return octets;
    if (first_ && octets.starts_with("From ")) octets.erase(0, octets.find('\n')).erase(0, 1);
    first_ = false;
    std::string message;
    append_with_crlf(message, octets, after_cr_);
    return message;
  }

 private:
  std::istream& in_;
  bool verbatim_;
  bool first_ = true;
  bool after_cr_ = false;
};

class Delivering {
 public:
  Delivering(const AdminContext& context, const lmtp::Address& sender)
      : context_(context),
        delivery_(trace(context, sender),
                  std::chrono::floor<std::chrono::seconds>(context.config.suppress_duplicates)) {}

  void add(lmtp::AddressBook& book, const std::string& recipient) {
    const auto address = lmtp::parse_mailbox(recipient);
    if (!address) {
      say(recipient, {501, "5.1.3", "Not an address"});
      return;
    }
    const auto found = book.find(*address);
    if (!found) {
      say(recipient, lmtp::reply_to(found.error()));
      return;
    }
    delivery_.add(*address, *found);
    recipients_.push_back(recipient);
  }

  void read(MessageInput& input) {
    if (recipients_.empty()) return;
    bool too_big = false;
    for (std::string piece = input.next(); !piece.empty(); piece = input.next()) {
      delivery_.write(piece);
      too_big = delivery_.size() > context_.config.max_message_bytes;
      if (too_big) break;
    }
    if (!too_big) {
      for (std::size_t i = 0; i < delivery_.accounts(); ++i) delivery_.finish(i, "");
    }
    for (std::size_t i = 0; i < recipients_.size(); ++i) {
      const lmtp::Outcome outcome = too_big ? lmtp::Outcome::too_big : delivery_.outcome(i);
      say(recipients_[i], lmtp::reply_to(outcome, context_.config.defer_over_quota));
    }
    for (const auto& failure : delivery_.failures()) {
      context_.err << "mailkeep: " << failure.account << ": " << failure.what << '\n';
    }
  }

  int result() const { return result_; }

 private:
  static lmtp::Trace trace(const AdminContext& context, const lmtp::Address& sender) {
    const auto now = std::chrono::system_clock::now();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    const std::string id = lmtp::new_message_id();
    lmtp::Trace trace;
    trace.sender = sender;
    trace.received = lmtp::received_field({.client = {},
                                           .peer = {},
                                           .hostname = context.config.hostname,
                                           .protocol = "local",
                                           .id = id,
                                           .recipient = {},
                                           .time = now});
    trace.date.seconds = seconds.count();
    return trace;
  }

  void say(const std::string& recipient, const lmtp::Reply& reply) {
    const int code = exit_code_of(reply);
    result_ = worse(result_, code);
    if (code == exit_code::ok) return;
    context_.err << "mailkeep: <" << recipient << ">: " << reply.code << ' ' << reply.enhanced
                 << ' ' << reply.text << '\n';
  }

  const AdminContext& context_;
  lmtp::Delivery delivery_;
  std::vector<std::string> recipients_;
  int result_ = exit_code::ok;
};

lmtp::Address sender_of(const Arguments& arguments) {
  std::string text = arguments.value("--from").value_or(arguments.value("-f").value_or(""));
  if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
  const auto address = lmtp::parse_mailbox(text);
  // A sender that is none is no reason to lose the mail.
  return address.value_or(lmtp::Address{});
}

}  // namespace

int deliver_mail(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--verbatim"}, {"--from", "-f"});
  arguments.expect_plain(1, context.config.max_recipients, "recipient");
  try {
    const auto store = open_store(context.config, MissingStore::refuse);
    store::Addresses addresses(context.config.data_dir);
    AccountAddressBook book(store, addresses, context.config.recipient_delimiter);
    Delivering delivering(context, sender_of(arguments));
    for (const std::string& recipient : arguments.plain()) delivering.add(book, recipient);
    MessageInput input(context.in, arguments.has("--verbatim"));
    delivering.read(input);
    if (context.in.bad()) throw std::runtime_error("standard input cannot be read");
    return delivering.result();
  } catch (const std::exception& error) {
    context.err << "mailkeep: " << error.what() << '\n';
    return exit_code::temporary_failure;
  }
}

}  // namespace mailkeep::server
