#include "protocol/lmtp/delivery.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "store/disk_full.h"
#include "store/message_keys.h"

namespace mailkeep::lmtp {
namespace {

constexpr std::string_view kInbox = "INBOX";

Outcome outcome_of(store::StoreError error) {
  switch (error) {
    case store::StoreError::no_such_account:
      return Outcome::no_such_account;
    case store::StoreError::account_suspended:
      return Outcome::suspended;
    case store::StoreError::account_damaged:
      return Outcome::account_damaged;
    case store::StoreError::over_quota:
      return Outcome::over_quota;
    case store::StoreError::message_too_big:
      return Outcome::too_big;
    case store::StoreError::uids_exhausted:
      return Outcome::mailbox_full;
    default:
      return Outcome::failed;
  }
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(text);
}

// One store call after the other: the message into the first mailbox, from there to the others.
class MailboxWriter {
 public:
  MailboxWriter(store::Account& account, const std::vector<std::string>& mailboxes)
      : account_(account), mailboxes_(mailboxes) {}

  // What was appended, to the first of the mailboxes.
  store::StoreResult<store::AppendResult> write(store::NewMessage message) {
    std::vector<store::NewMessage> one;
    one.push_back(std::move(message));
    const std::string first = existing(mailboxes_.front());
    auto appended = account_.append(first, std::move(one));
    if (!appended) return std::unexpected(appended.error());
    if (appended->uids.empty()) return appended;  // it is there
    for (std::size_t i = 1; i < mailboxes_.size(); ++i) {
      const std::string next = existing(mailboxes_[i]);
      if (next == first) continue;
      auto copied = account_.copy(appended->mailbox, appended->uids, next);
      if (!copied) return std::unexpected(copied.error());
    }
    return appended;
  }

 private:
  // A mailbox that went away since its recipient was accepted is INBOX again.
  std::string existing(const std::string& name) {
    if (name == kInbox) return name;
    const auto info = account_.mailbox(name);
    return info && info->selectable ? name : std::string(kInbox);
  }

  store::Account& account_;
  const std::vector<std::string>& mailboxes_;
};

}  // namespace

void Delivery::add(const Address& address, const std::vector<Destination>& destinations) {
  std::vector<std::size_t>& indices = recipients_.emplace_back();
  for (const Destination& destination : destinations) {
    AccountPart& part = part_of(destination);
    add_once(part.mailboxes, destination.mailbox);
    add_once(part.delivered_to, address.text());
    indices.push_back(static_cast<std::size_t>(&part - accounts_.data()));
  }
}

Delivery::AccountPart& Delivery::part_of(const Destination& destination) {
  const auto same = std::ranges::find_if(accounts_, [&](const AccountPart& part) {
    return part.account->id() == destination.account->id();
  });
  if (same != accounts_.end()) return *same;
  AccountPart& part = accounts_.emplace_back();
  part.account = destination.account;
  return part;
}

void Delivery::begin(AccountPart& part) {
  part.upload = std::make_unique<store::MessageUpload>(part.account->begin_upload());
  std::string head = "Return-Path: <" + trace_.sender.text() + ">\r\n";
  for (const std::string& address : part.delivered_to) {
    head.append("Delivered-To: ").append(address).append("\r\n");
  }
  head += trace_.received;
  part.upload->write(head);
}

void Delivery::feed(AccountPart& part, std::string_view octets) {
  if (part.broken) return;
  try {
    if (!part.upload) begin(part);
    part.upload->write(octets);
    return;
  } catch (const std::exception& error) {
    part.broken = true;
    part.outcome = store::is_disk_full(error) ? Outcome::disk_full : Outcome::failed;
    part.failure = error.what();
  }
  part.upload.reset();  // gives the room back
}

void Delivery::write(std::string_view octets) {
  size_ += octets.size();
  for (AccountPart& part : accounts_) feed(part, octets);
}

void Delivery::finish(std::size_t index, std::string_view rest) {
  AccountPart& part = accounts_[index];
  feed(part, rest);
  if (part.broken) return;
  try {
    part.outcome = store_message(part);
  } catch (const std::exception& error) {
    part.outcome = store::is_disk_full(error) ? Outcome::disk_full : Outcome::failed;
    part.failure = error.what();
  }
}

std::uint64_t Delivery::envelope_of(const AccountPart& part) const {
  std::vector<std::string> recipients = part.delivered_to;
  std::ranges::sort(recipients);
  std::string text = trace_.sender.text();
  for (const std::string& recipient : recipients) text += '\n' + recipient;
  return store::hash_message_id(text);
}

Outcome Delivery::store_message(AccountPart& part) {
  store::NewMessage message{
      .upload = std::move(*part.upload), .flags = {}, .internal_date = trace_.date};
  if (suppress_.count() > 0) message.once = {envelope_of(part), suppress_};
  part.upload.reset();
  const auto stored = MailboxWriter(*part.account, part.mailboxes).write(std::move(message));
  if (stored && stored->uids.empty()) return Outcome::delivered_before;
  if (stored) {
    for (const auto& [uid, kinds] : stored->defective) {
      part.defective.push_back({part.account->name(), part.mailboxes.front(), uid, kinds});
    }
    return Outcome::delivered;
  }
  const Outcome outcome = outcome_of(stored.error());
  if (outcome == Outcome::failed) part.failure = store::describe(stored.error());
  return outcome;
}

Outcome Delivery::outcome(std::size_t recipient) const {
  Outcome worst = Outcome::delivered;
  for (const std::size_t index : recipients_[recipient]) {
    worst = std::max(worst, accounts_[index].outcome);
  }
  return worst;
}

std::vector<Delivery::Failure> Delivery::failures() const {
  std::vector<Failure> list;
  for (const AccountPart& part : accounts_) {
    if (!part.failure.empty()) list.push_back({part.account->name(), part.failure});
  }
  return list;
}

std::vector<Delivery::Defective> Delivery::defective() const {
  std::vector<Defective> list;
  for (const AccountPart& part : accounts_) {
    list.insert(list.end(), part.defective.begin(), part.defective.end());
  }
  return list;
}

}  // namespace mailkeep::lmtp
