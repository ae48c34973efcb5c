#include "protocol/socketmap/session.h"

#include <exception>

#include "protocol/socketmap/wire/netstring.h"

namespace mailkeep::socketmap {
namespace {

using protocol::Awaitable;
using protocol::ReadStatus;

// A session in the middle of its work.
struct Conversation {
  protocol::Stream& stream;
  SessionServices services;
  std::string input;
  std::string output;
};

Awaitable<std::string> answer(Conversation& conversation, const Request& request) {
  try {
    const auto found = co_await conversation.services.pool.run(
        [&] { return conversation.services.maps.look_up(request.map, request.key); });
    if (!found) co_return "NOTFOUND ";
    if (found->size() > kMaxReplyBytes - 3) co_return "TEMP too much to say";
    co_return "OK " + *found;
  } catch (const std::exception& failure) {
    conversation.services.events.command_failed("socketmap", conversation.stream.peer(), "", "", 0,
                                                "look-up", failure.what());
  }
  co_return "TEMP the look-up failed";
}

// Waits for more; the reason for the end, or nothing.
Awaitable<std::string_view> read_more(Conversation& conversation) {
  const bool written = co_await conversation.stream.write(conversation.output);
  conversation.output.clear();
  if (!written) co_return "closed";
  const ReadStatus status = co_await conversation.stream.read(conversation.input, kIdleTime);
  switch (status) {
    case ReadStatus::data:
    case ReadStatus::woken:
      co_return "";
    case ReadStatus::timed_out:
      co_return "timeout";
    case ReadStatus::stopping:
      co_return "stopping";
    case ReadStatus::closed:
      break;
  }
  co_return "closed";
}

}  // namespace

Awaitable<void> serve(protocol::Stream& stream, SessionServices services) {
  Conversation conversation{.stream = stream, .services = services, .input = {}, .output = {}};
  std::string_view reason;
  while (reason.empty()) {
    const RequestEvent event = take_request(conversation.input);
    if (const Request* request = std::get_if<Request>(&event)) {
      const std::string reply = co_await answer(conversation, *request);
      conversation.output += netstring(reply);
    } else if (std::holds_alternative<BadInput>(event)) {
      reason = "bad input";
    } else {
      reason = co_await read_more(conversation);
    }
  }
  services.events.session_ended("socketmap", stream.peer(), "", reason);
}

}  // namespace mailkeep::socketmap
