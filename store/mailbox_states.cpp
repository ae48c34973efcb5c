#include "store/mailbox_states.h"

#include <algorithm>
#include <map>

namespace mailkeep::store {

// Keeps a watcher called until it is destroyed.
class MailboxStates::Registration {
 public:
  Registration(std::shared_ptr<MailboxStates> states, MailboxId mailbox,
               std::shared_ptr<Watcher> watcher)
      : states_(std::move(states)), mailbox_(mailbox), watcher_(std::move(watcher)) {}
  ~Registration() {
    states_->unregister(mailbox_, watcher_);
    std::lock_guard lock(watcher_->mutex);  // waits for a call that is running
    watcher_->changed = nullptr;
    watcher_->happened = nullptr;
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  std::shared_ptr<MailboxStates> states_;
  MailboxId mailbox_;
  std::shared_ptr<Watcher> watcher_;
};

Modseq MailboxStates::latest(MailboxId mailbox) const {
  std::lock_guard lock(mutex_);
  auto state = states_.find(mailbox.value);
  return state == states_.end() ? Modseq{0} : state->second.modseq;
}

void MailboxStates::learn(MailboxId mailbox, Modseq modseq) {
  Watchers called;
  {
    std::lock_guard lock(mutex_);
    State& state = states_[mailbox.value];
    if (modseq <= state.modseq) return;
    const bool is_news = state.modseq.value != 0;
    state.modseq = modseq;
    if (!is_news) return;
    called = state.watchers;
  }
  call(std::move(called));
  const TouchedMailbox touched{mailbox, modseq};
  tell({&touched, 1}, {});
}

void MailboxStates::announce(std::span<const TouchedMailbox> touched,
                             std::span<const MailboxEvent> events) {
  Watchers called;
  {
    std::lock_guard lock(mutex_);
    for (const TouchedMailbox& mailbox : touched) {
      auto state = states_.find(mailbox.mailbox.value);
      if (mailbox.modseq.value == 0) {
        if (state == states_.end()) continue;
        called.insert(called.end(), state->second.watchers.begin(), state->second.watchers.end());
        if (state->second.watchers.empty()) {
          states_.erase(state);
        } else {
          state->second.modseq = Modseq{0};
          state->second.recent_written = true;
        }
        continue;
      }
      if (state == states_.end()) state = states_.try_emplace(mailbox.mailbox.value).first;
      state->second.modseq = std::max(state->second.modseq, mailbox.modseq);
      called.insert(called.end(), state->second.watchers.begin(), state->second.watchers.end());
    }
  }
  call(std::move(called));
  tell(touched, events);
}

// Those who watch the whole account; of the changes of a mailbox's messages the last one is told,
// as of nobody in particular where they are of several.
void MailboxStates::tell(std::span<const TouchedMailbox> touched,
                         std::span<const MailboxEvent> events) {
  Watchers watchers;
  {
    std::lock_guard lock(mutex_);
    watchers = account_watchers_;
  }
  if (watchers.empty()) return;
  std::map<MailboxId, TouchedMailbox> changed;
  for (const TouchedMailbox& mailbox : touched) {
    if (mailbox.modseq.value == 0) continue;
    const auto [place, is_new] = changed.try_emplace(mailbox.mailbox, mailbox);
    place->second.modseq = mailbox.modseq;
    if (place->second.origin != mailbox.origin) place->second.origin = kNoOrigin;
  }
  for (const auto& watcher : watchers) {
    std::lock_guard lock(watcher->mutex);
    if (!watcher->happened) continue;
    for (const auto& [mailbox, change] : changed) {
      watcher->happened({.kind = MailboxEvent::Kind::messages,
                         .mailbox = mailbox,
                         .modseq = change.modseq,
                         .origin = change.origin});
    }
    for (const MailboxEvent& event : events) watcher->happened(event);
  }
}

// A mailbox that several writes of a group touched is told of once.
void MailboxStates::call(Watchers watchers) {
  std::ranges::sort(watchers);
  watchers.erase(std::unique(watchers.begin(), watchers.end()), watchers.end());
  for (const auto& watcher : watchers) {
    std::lock_guard lock(watcher->mutex);
    if (watcher->changed) watcher->changed();
  }
}

Watch MailboxStates::watch(MailboxId mailbox, std::function<void()> changed) {
  auto watcher = std::make_shared<Watcher>();
  watcher->changed = std::move(changed);
  {
    std::lock_guard lock(mutex_);
    states_[mailbox.value].watchers.push_back(watcher);
    ++watchers_;
  }
  return Watch(std::make_shared<Registration>(shared_from_this(), mailbox, std::move(watcher)));
}

Watch MailboxStates::watch_account(std::function<void(const MailboxEvent&)> happened) {
  auto watcher = std::make_shared<Watcher>();
  watcher->happened = std::move(happened);
  {
    std::lock_guard lock(mutex_);
    account_watchers_.push_back(watcher);
    ++watchers_;
  }
  return Watch(
      std::make_shared<Registration>(shared_from_this(), MailboxId{0}, std::move(watcher)));
}

void MailboxStates::unregister(MailboxId mailbox, const std::shared_ptr<Watcher>& watcher) {
  std::lock_guard lock(mutex_);
  auto state = states_.find(mailbox.value);
  if (state != states_.end()) std::erase(state->second.watchers, watcher);
  std::erase(account_watchers_, watcher);
  --watchers_;
}

bool MailboxStates::has_watchers() const {
  std::lock_guard lock(mutex_);
  return watchers_ > 0;
}

std::vector<MailboxId> MailboxStates::watched() const {
  std::vector<MailboxId> mailboxes;
  std::lock_guard lock(mutex_);
  for (const auto& [id, state] : states_) {
    if (!state.watchers.empty()) mailboxes.push_back(MailboxId{id});
  }
  return mailboxes;
}

Uid MailboxStates::claim_recent(MailboxId mailbox, Uid in_file, Uid next) {
  std::lock_guard lock(mutex_);
  State& state = states_[mailbox.value];
  Uid first = std::max(state.recent, in_file);
  if (next > first) {
    state.recent = next;
    state.recent_written = false;
  }
  return first;
}

Uid MailboxStates::first_recent(MailboxId mailbox, Uid in_file) const {
  std::lock_guard lock(mutex_);
  auto state = states_.find(mailbox.value);
  return state == states_.end() ? in_file : std::max(state->second.recent, in_file);
}

std::vector<std::pair<MailboxId, Uid>> MailboxStates::unwritten_recent() const {
  std::vector<std::pair<MailboxId, Uid>> marks;
  std::lock_guard lock(mutex_);
  for (const auto& [id, state] : states_) {
    if (!state.recent_written) marks.emplace_back(MailboxId{id}, state.recent);
  }
  return marks;
}

void MailboxStates::settle_recent(std::span<const std::pair<MailboxId, Uid>> written) {
  std::lock_guard lock(mutex_);
  for (const auto& [mailbox, recent] : written) {
    auto state = states_.find(mailbox.value);
    if (state != states_.end() && state->second.recent == recent) {
      state->second.recent_written = true;
    }
  }
}

SharedKeywords MailboxStates::keywords(MailboxId mailbox, std::uint32_t count) const {
  static const SharedKeywords kNone = std::make_shared<const std::vector<std::string>>();
  if (count == 0) return kNone;
  std::lock_guard lock(mutex_);
  auto state = states_.find(mailbox.value);
  if (state == states_.end() || state->second.keywords == nullptr ||
      state->second.keywords->size() != count) {
    return nullptr;
  }
  return state->second.keywords;
}

void MailboxStates::keep_keywords(MailboxId mailbox, SharedKeywords names) {
  std::lock_guard lock(mutex_);
  SharedKeywords& kept = states_[mailbox.value].keywords;
  if (kept == nullptr || kept->size() < names->size()) kept = std::move(names);
}

MailboxStates::KnownUids MailboxStates::uids(MailboxId mailbox) const {
  std::lock_guard lock(mutex_);
  auto state = states_.find(mailbox.value);
  if (state == states_.end()) return {};
  return {state->second.uids.lock(), state->second.uids_modseq, state->second.uids_next};
}

void MailboxStates::keep_uids(MailboxId mailbox, const KnownUids& known) {
  std::lock_guard lock(mutex_);
  State& state = states_[mailbox.value];
  if (!state.uids.expired() && state.uids_modseq >= known.modseq) return;
  state.uids = known.uids;
  state.uids_modseq = known.modseq;
  state.uids_next = known.uid_next;
}

}  // namespace mailkeep::store
