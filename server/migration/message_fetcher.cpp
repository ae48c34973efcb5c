#include "server/migration/message_fetcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mailkeep::server {
namespace {

constexpr std::uint64_t kFarTooLong = 64ULL << 20;
constexpr const char* kItems = "(UID FLAGS INTERNALDATE BODY.PEEK[])";

std::string set_of(std::span<const MissingMessage> messages) {
  store::UidSet uids;
  for (const MissingMessage& message : messages) uids.add(store::Uid{message.uid});
  std::string text;
  for (const store::UidSet::Range& range : uids.ranges()) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += ':' + std::to_string(range.last);
  }
  return text;
}

store::InternalDate now() {
  const auto time = std::chrono::system_clock::now();
  return {std::chrono::system_clock::to_time_t(time), 0};
}

}  // namespace

void MessageFetcher::begin(std::span<const MissingMessage> wanted) {
  wanted_.clear();
  too_long_.clear();
  for (const MissingMessage& message : wanted) {
    (message.size > max_message_bytes_ ? too_long_ : wanted_).push_back(message);
  }
  arrived_.reset();
  if (!wanted_.empty()) client_.begin_fetch(set_of(wanted_), kItems);
}

ImapClient::FetchSink MessageFetcher::sink(FetchedMessages& result) {
  return {.reply = [this, &result](const FetchReply& reply) { take_reply(reply, result); },
          .body = [this](std::uint64_t size, std::string_view octets) { take_body(size, octets); }};
}

void MessageFetcher::take_body(std::uint64_t size, std::string_view octets) {
  // Nobody waits for a message without an end.
  if (size > max_message_bytes_ + kFarTooLong) throw ProtocolError("a message is far too long");
  if (octets.empty()) {
    arrived_.emplace(account_.begin_upload(), size);
  } else if (arrived_ && arrived_->announced <= max_message_bytes_) {
    arrived_->upload.write(octets);
  }
}

void MessageFetcher::refuse(FetchedMessages& result, const MissingMessage& message,
                            const std::string& why) {
  result.refused.add(store::Uid{message.uid});
  result.complaints.push_back("message " + std::to_string(message.uid) + ' ' + why);
}

void MessageFetcher::take_reply(const FetchReply& reply, FetchedMessages& result) {
  auto arrived = std::exchange(arrived_, std::nullopt);
  if (!arrived && reply.body && !reply.body->empty()) {
    arrived.emplace(account_.begin_upload(), reply.body->size());
    arrived->upload.write(*reply.body);
  }
  const auto wanted = std::ranges::find(wanted_, reply.uid, &MissingMessage::uid);
  // A message nobody asked for, or a second time; or news of flags, without a message.
  if (wanted == wanted_.end() || (!arrived && !reply.body)) return;
  const MissingMessage message = *wanted;
  wanted_.erase(wanted);
  if (!arrived) {
    refuse(result, message, "is empty");
    return;
  }
  if (arrived->announced > max_message_bytes_) {
    refuse(result, message,
           "has " + std::to_string(arrived->announced) + " octets, more than a message may have");
    return;
  }
  if (message.size != 0 && message.size != arrived->announced) ++result.other_sizes;
  result.bytes += arrived->announced;
  arrived->upload.set_aside();
  result.messages.push_back({.upload = std::move(arrived->upload),
                             .flags = reply.flags.value_or(store::FlagSet{}),
                             .internal_date = reply.date.value_or(now()),
                             .origin_uid = store::Uid{reply.uid}});
}

FetchedMessages MessageFetcher::finish() {
  FetchedMessages result;
  for (const MissingMessage& message : too_long_) {
    refuse(result, message,
           "has " + std::to_string(message.size) + " octets, more than a message may have");
  }
  if (!wanted_.empty()) receive(result);
  std::ranges::sort(result.messages, {}, &store::NewMessage::origin_uid);
  return result;
}

// A server that refuses one message may refuse all that were asked for with it.
void MessageFetcher::receive(FetchedMessages& result) {
  try {
    client_.end_fetch(sink(result));
  } catch (const RemoteRefusal&) {
    arrived_.reset();
  }
  if (!wanted_.empty()) fetch_singly(result);
}

bool MessageFetcher::is_there(std::uint32_t uid) {
  bool found = false;
  client_.fetch(
      std::to_string(uid), "(UID)",
      {.reply = [&](const FetchReply& reply) { found = found || reply.uid == uid; }, .body = {}});
  return found;
}

// What does not come is asked for without its text: a server that refuses even that refuses all for
// now, which is no message's fault, and leaves this one to another attempt.
void MessageFetcher::fetch_singly(FetchedMessages& result) {
  const std::vector<MissingMessage> left = wanted_;
  for (const MissingMessage& message : left) {
    std::string refused;
    try {
      client_.fetch(std::to_string(message.uid), kItems, sink(result));
    } catch (const RemoteRefusal& refusal) {
      arrived_.reset();
      refused = refusal.what();
    }
    const auto still = std::ranges::find(wanted_, message.uid, &MissingMessage::uid);
    if (still == wanted_.end()) continue;
    const bool there = is_there(message.uid);
    if (refused.empty() && !there) {
      ++result.gone;
      continue;
    }
    refuse(result, message,
           refused.empty() ? "comes without its text" : "cannot be fetched: " + refused);
  }
}

}  // namespace mailkeep::server
