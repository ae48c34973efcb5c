#include "protocol/imap/search/search_run.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/search/result_list.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

using Clock = std::chrono::steady_clock;

// The first slice; later ones grow and shrink to stay within the two times.
constexpr std::uint64_t kFirstSlice = 1'000;
constexpr std::uint64_t kLargestSlice = 1'000'000;
constexpr std::chrono::milliseconds kTinySlice{2};
constexpr std::chrono::milliseconds kShortSlice{50};
constexpr std::chrono::milliseconds kLongSlice{200};

constexpr std::chrono::seconds kTellEvery{10};  // RFC 9585 4

constexpr std::uint32_t kMostReported = 100;

std::uint64_t next_slice(std::uint64_t slice, Clock::duration took) {
  if (took < kTinySlice) return std::min(slice * 32, kLargestSlice);
  if (took < kShortSlice) return std::min(slice * 4, kLargestSlice);
  if (took > kLongSlice) return std::max<std::uint64_t>(slice / 2, 1);
  return slice;
}

}  // namespace

void SearchProgress::report(store::Uid uid, std::string_view what, std::string_view mailbox) {
  if (++reported_ <= kMostReported) session_.report_message_failure(uid, what, mailbox);
}

protocol::Awaitable<bool> SearchProgress::advance(std::uint64_t messages) {
  done_ += messages;
  const auto peer = session_.stream().peer_state();
  if (peer == protocol::PeerState::gone) co_return false;
  if (done_ >= total_) co_return true;
  const auto now = Clock::now();
  // A client that sends no more may still read. Writing finds out.
  const bool probes = peer == protocol::PeerState::silent && !probed_;
  if (!probes && now - last_told_ < kTellEvery) co_return true;
  probed_ = probed_ || probes;
  last_told_ = now;
  Encoder& out = session_.out();
  out.raw("* OK ");
  if (session_.allows(Capability::in_progress)) {
    const std::string& tag = session_.command_tag();
    out.raw("[INPROGRESS (");
    // A tag that would end the response code is not told (RFC 9585 4).
    out.nstring(tag.contains(']') ? std::nullopt : std::optional<std::string_view>(tag)).sp();
    out.number(done_).sp().number(total_).raw(")] ");
  }
  out.utf8_text(translated(session_.language(), "Still searching")).crlf();
  co_return co_await session_.flush();
}

protocol::Awaitable<std::expected<store::UidSet, Reply>> search_mailbox(Session& session,
                                                                        SearchProgress& progress,
                                                                        SearchedMailbox mailbox,
                                                                        store::UidSet among,
                                                                        store::SearchQuery query) {
  const ResultList all(among);
  store::SearchAnd both;
  both.operands.push_back({store::SearchUids{}});
  both.operands.push_back(std::move(query));
  store::SearchQuery slice_query{std::move(both)};
  auto& slice_uids =
      std::get<store::SearchUids>(std::get<store::SearchAnd>(slice_query.key).operands.front().key);
  const store::FailureSink failed = [&](store::Uid uid, std::string_view what) {
    progress.report(uid, what, mailbox.name);
  };
  store::UidSet found;
  std::uint64_t slice = kFirstSlice;
  for (std::uint64_t done = 0; done < all.count();) {
    const std::uint64_t count = std::min(slice, all.count() - done);
    slice_uids.uids = all.slice(done + 1, done + count).as_set();
    const auto start = Clock::now();
    auto part = co_await session.blocking(
        [&] { return mailbox.account.search(mailbox.id, slice_query, {}, failed); });
    if (!part) co_return std::unexpected(Reply::refused(part.error()));
    slice = next_slice(slice, Clock::now() - start);
    for (const auto& range : part->ranges()) found.add(range);
    done += count;
    const bool connected = co_await progress.advance(count);
    if (!connected) co_return std::unexpected(Reply::end());
  }
  co_return found;
}

}  // namespace mailkeep::imap
