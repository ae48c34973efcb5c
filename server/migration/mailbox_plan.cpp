#include "server/migration/mailbox_plan.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "protocol/imap/wire/characters.h"
#include "server/admin/open_store.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kMaxMessages = 10'000'000;  // of a mailbox there

struct RemoteMessage {
  std::uint64_t size = 0;
  store::FlagSet flags;
};
// By UID: each is once in it, in order, whatever the server says.
using RemoteMessages = std::map<std::uint32_t, RemoteMessage>;

struct LocalMessage {
  std::uint64_t size = 0;
  store::FlagSet flags;
};

// Counts messages in `told`.
RemoteMessages fetch_list(ImapClient& client, std::uint32_t first, std::uint32_t last,
                          const std::string& items, std::uint64_t& told) {
  RemoteMessages list;
  if (first > last) return list;
  const std::string end = last == 0xffffffffU ? "*" : std::to_string(last);
  client.fetch(std::to_string(first) + ':' + end, items,
               {.reply =
                    [&](const FetchReply& reply) {
                      // "5:*" is the last message too where none is above (RFC 9051 9, seq-range).
                      if (reply.uid < first || reply.uid > last) return;
                      if (list.size() >= kMaxMessages) {
                        throw ProtocolError("the mailbox has too many messages");
                      }
                      RemoteMessage message;
                      message.size = reply.size.value_or(0);
                      message.flags = reply.flags.value_or(store::FlagSet{});
                      if (list.try_emplace(reply.uid, std::move(message)).second) ++told;
                    },
                .body = {}});
  return list;
}

// Messages that came from elsewhere, or by other UIDs, would come once more.
void refuse_other_origin(store::Account& account, const store::MailboxInfo& info,
                         const MailboxPlan& plan) {
  if (info.messages == 0) return;
  const store::MailboxOrigin before = expect(account.origin(info.id), plan.name);
  const bool same = before.source == plan.source && before.uid_validity == plan.state.uid_validity;
  if (same || !before.source.starts_with(store::kServerOrigin)) return;
  if (before.uid_next == store::Uid{1}) return;
  throw RemoteRefusal("its messages came from " + before.source + " (UIDVALIDITY " +
                      std::to_string(before.uid_validity) +
                      ") and would come twice: rename the mailbox here first");
}

// What is here of a mailbox, by the UIDs that its messages have there.
class LocalState {
 public:
  LocalState(store::Account& account, MailboxPlan& plan, const PlanOptions& options)
      : account_(account), plan_(plan) {
    bool used = false;
    if (const auto present = account.mailbox(plan.name)) {
      used = present->uid_next != store::Uid{1};
      refuse_other_origin(account, *present, plan);
    }
    if (options.adopt) {
      auto adopted =
          expect(account.adopt_mailbox(plan.name, plan.source, plan.state.uid_validity), plan.name);
      info_ = std::move(adopted.info);
      origin_ = std::move(adopted.origin);
      keeps_uids_ = adopted.keeps_uids;
    } else if (auto info = account.mailbox(plan.name)) {
      info_ = *std::move(info);
      origin_ = expect(account.origin(info_.id), plan.name);
      // From somewhere else: all of it is still to come.
      if (origin_.source != plan.source || origin_.uid_validity != plan.state.uid_validity) {
        origin_ = {};
      }
      keeps_uids_ = info_.uid_validity == origin_.uid_validity;
    }
    plan.id = info_.id;
    plan.first_time = !origin_.finished;
    plan.begun = used || origin_.uid_next != store::Uid{1};
    if (plan.id == store::MailboxId{}) return;
    missing_ = expect(account.missing_uids(info_.id), plan.name);
    for (const auto& [there, here] : expect(account.moved_uids(info_.id), plan.name)) {
      moved_.emplace(there.value, here);
      taken_.add(here);
    }
  }

  const store::MailboxOrigin& origin() const { return origin_; }
  const store::MissingUids& missing() const { return missing_; }

  // The UID here of a message that was taken; zero: of none.
  store::Uid uid_of(std::uint32_t there) const {
    if (const auto moved = moved_.find(there); moved != moved_.end()) return moved->second;
    return keeps_uids_ && origin_.keeps(store::Uid{there}) ? store::Uid{there} : store::Uid{};
  }

  // Compares what was taken before; `all`: the list has every message below the next UID.
  void compare(const RemoteMessages& list, bool all, bool sizes) {
    std::map<store::Uid, LocalMessage> here = load(list, all);
    for (const auto& [uid, remote] : list) {
      const auto local = here.find(uid_of(uid));
      if (local == here.end()) continue;  // expunged here
      if (!same_flags(local->second.flags, remote.flags)) {
        plan_.changed.emplace_back(local->first, remote.flags);
      }
      if (sizes && remote.size != local->second.size) ++plan_.other_sizes;
      here.erase(local);
    }
    if (!all) return;
    for (const auto& [uid, message] : here) {
      if (is_of_origin(uid)) plan_.gone.add(uid);
    }
  }

 private:
  bool is_of_origin(store::Uid uid) const {
    return taken_.contains(uid) || (keeps_uids_ && origin_.keeps(uid));
  }

  std::map<store::Uid, LocalMessage> load(const RemoteMessages& list, bool all) {
    std::map<store::Uid, LocalMessage> here;
    store::UidSet uids;
    if (all) {
      uids.add({1, 0xffffffffU});
    } else {
      for (const auto& [uid, remote] : list) {
        if (const store::Uid known = uid_of(uid); known != store::Uid{}) uids.add(known);
      }
    }
    const auto cursor = expect(account_.messages(info_.id, uids, store::Detail::row), plan_.name);
    while (cursor->next()) {
      here[cursor->row().uid] = {cursor->row().size,
                                 store::flags_by_name(cursor->row().flags, *info_.keywords)};
    }
    return here;
  }

  store::Account& account_;
  MailboxPlan& plan_;
  store::MailboxInfo info_;
  store::MailboxOrigin origin_;
  store::MissingUids missing_;
  bool keeps_uids_ = false;
  std::map<std::uint32_t, store::Uid> moved_;
  store::UidSet taken_;
};

// What the server lists of a mailbox.
struct Listing {
  RemoteMessages known;  // below the next UID, as far as it was asked for
  RemoteMessages fresh;
  bool all = false;  // all of it was asked for
};

// What was taken before, and is to be compared.
void compare_known(ImapClient& client, LocalState& local, const PlanOptions& options,
                   MailboxPlan& plan, Listing& listing) {
  const std::uint32_t next = local.origin().uid_next.value;
  listing.all = next <= 1;
  if (next <= 1 || plan.id == store::MailboxId{}) return;
  const std::uint64_t since = local.origin().modseq.value;
  const bool look_at_all = options.compare_all || !local.missing().empty();
  const bool has_changes = plan.state.modseq != 0 && since != 0 && !look_at_all;
  if (!has_changes) {
    const std::string items = look_at_all ? "(UID FLAGS RFC822.SIZE)" : "(UID FLAGS)";
    listing.known = fetch_list(client, 1, next - 1, items, plan.told);
    listing.all = true;
    local.compare(listing.known, true, options.compare_all);
    return;
  }
  if (plan.state.modseq != since) {
    // RFC 7162 3.1.4.1.
    const std::string items = "(UID FLAGS) (CHANGEDSINCE " + std::to_string(since) + ")";
    local.compare(fetch_list(client, 1, next - 1, items, plan.told), false, false);
  }
}

// UIDs from `first` to the last that is listed which the list does not have.
store::UidSet gaps(const RemoteMessages& list, std::uint32_t first) {
  store::UidSet uids;
  for (const auto& [uid, message] : list) {
    if (uid > first) uids.add({first, uid - 1});
    if (uid == 0xffffffffU) break;
    first = uid + 1;
  }
  return uids;
}

// What was missing before is asked for again, or known not to be there.
void plan_missing(const Listing& listing, const store::MissingUids& before, std::uint32_t next,
                  MailboxPlan& plan) {
  store::UidSet listed;
  for (const auto& [uid, message] : listing.known) {
    listed.add(store::Uid{uid});
    const bool missing =
        before.told.contains(store::Uid{uid}) || before.untold.contains(store::Uid{uid});
    if (missing) plan.missing.push_back({uid, message.size});
  }
  for (const auto& [uid, message] : listing.fresh) listed.add(store::Uid{uid});
  if (plan.incomplete) {
    plan.untold = gaps(listing.fresh, next).difference(before.told);
    return;
  }
  if (!listing.all) return;
  plan.lost = before.told.difference(listed);
  plan.settled = plan.lost;
  const store::UidSet others = before.untold.difference(listed);
  for (const store::UidSet::Range& range : others.ranges()) plan.settled.add(range);
}

}  // namespace

std::uint64_t MailboxPlan::missing_bytes() const {
  return std::accumulate(
      missing.begin(), missing.end(), std::uint64_t{0},
      [](std::uint64_t sum, const MissingMessage& message) { return sum + message.size; });
}

bool same_flags(const store::FlagSet& left, const store::FlagSet& right) {
  if (left.system != right.system || left.keywords.size() != right.keywords.size()) return false;
  return std::ranges::all_of(left.keywords, [&](const std::string& keyword) {
    return std::ranges::any_of(right.keywords, [&](const std::string& other) {
      return imap::equal_ignoring_case(keyword, other);
    });
  });
}

void make_plan(ImapClient& client, store::Account& account, const PlanOptions& options,
               MailboxPlan& plan) {
  plan.state = client.examine(plan.remote.wire_name);
  LocalState local(account, plan, options);
  Listing listing;
  compare_known(client, local, options, plan, listing);
  const std::uint32_t next = local.origin().uid_next.value;
  if (plan.state.uid_next == 0 || plan.state.uid_next > next) {
    listing.fresh = fetch_list(client, next, 0xffffffffU, "(UID RFC822.SIZE)", plan.told);
    for (const auto& [uid, message] : listing.fresh) plan.missing.push_back({uid, message.size});
  }
  plan.incomplete = listing.all && plan.told < plan.state.messages;
  if (plan.incomplete) plan.gone = store::UidSet();
  plan_missing(listing, local.missing(), next, plan);
}

}  // namespace mailkeep::server
