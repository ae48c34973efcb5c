#include "server/migration/fetch_worker.h"

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace mailkeep::server {

// What a thread has in hand. The portions it took stay with it until they are committed or their
// mailbox fails, so that nobody waits for one that nobody fetches.
struct FetchWorkers::Connection {
  std::unique_ptr<ImapClient> client;
  std::optional<MessageFetcher> fetcher;
  std::optional<std::size_t> selected;       // mailbox
  std::deque<FetchQueue::Portion> portions;  // the front is being fetched
  bool asked = false;                        // for the front
  int attempts = 0;
  int given_up = 0;  // mailboxes, one after the other
};

FetchWorkers::FetchWorkers(store::Account& account, const RemoteLogin& login,
                           const std::vector<MailboxPlan>& plans, unsigned connections,
                           std::uint64_t max_message_bytes)
    : account_(account),
      login_(login),
      plans_(plans),
      max_message_bytes_(max_message_bytes),
      queue_(plans),
      running_(connections) {
  for (const MailboxPlan& plan : plans) {
    auto info = account.mailbox(plan.id);
    keywords_.emplace_back(info ? *info->keywords : std::vector<std::string>{});
  }
  for (unsigned i = 0; i < connections; ++i) {
    threads_.emplace_back([this, i] { run(i == 0); });
  }
}

FetchWorkers::~FetchWorkers() {
  queue_.stop();
  for (std::thread& thread : threads_) thread.join();
}

bool FetchWorkers::wait() {
  std::unique_lock lock(mutex_);
  ended_.wait_for(lock, std::chrono::milliseconds(100), [this] { return running_ == 0 || error_; });
  if (error_) std::rethrow_exception(error_);
  return running_ > 0;
}

std::vector<std::string> FetchWorkers::complaints() {
  const std::lock_guard lock(mutex_);
  return std::exchange(complaints_, {});
}

void FetchWorkers::complain(std::string text) {
  const std::lock_guard lock(mutex_);
  complaints_.push_back(std::move(text));
}

// The first connection insists; a server may allow no more of them, which is no failure.
void FetchWorkers::run(bool first) {
  Connection connection;
  std::exception_ptr error;
  try {
    if (!first) connection.client = std::make_unique<ImapClient>(login_);
    work(connection);
    if (connection.client) connection.client->logout();
  } catch (const net::NetworkError& failure) {
    give_up(connection, failure.what());
  } catch (const ProtocolError& failure) {
    give_up(connection, failure.what());
  } catch (const RemoteRefusal& failure) {
    give_up(connection, failure.what());
  } catch (...) {
    error = std::current_exception();
    queue_.stop();
  }
  {
    const std::lock_guard lock(mutex_);
    if (error) error_ = error;
    --running_;
  }
  ended_.notify_all();
}

void FetchWorkers::work(Connection& connection) {
  for (;;) {
    if (connection.portions.empty()) {
      const auto portion = queue_.take();
      if (!portion) return;
      connection.portions.push_back(*portion);
      connection.asked = false;
    }
    std::string failure;
    try {
      attempt(connection);
      connection.attempts = 0;
      connection.given_up = 0;
      continue;
    } catch (const net::NetworkError& error) {
      failure = error.what();
    } catch (const ProtocolError& error) {
      failure = error.what();
    } catch (const RemoteRefusal& error) {
      failure = error.what();
    }
    connection.fetcher.reset();
    connection.client.reset();
    connection.selected.reset();
    connection.asked = false;
    if (++connection.attempts >= kAttempts) {
      give_up(connection, failure);
      connection.attempts = 0;
      if (++connection.given_up >= kGivenUp) return fail_rest(failure);
    }
  }
}

// The server is of no use any more: no mailbox waits for its time limits in vain.
void FetchWorkers::fail_rest(const std::string& reason) {
  Connection none;
  while (const auto portion = queue_.take()) {
    none.portions.push_back(*portion);
    give_up(none, reason);
  }
}

// Fetches the front portion and commits it, while the server already sends the next one.
void FetchWorkers::attempt(Connection& connection) {
  if (!connection.client) connection.client = std::make_unique<ImapClient>(login_);
  const FetchQueue::Portion portion = connection.portions.front();
  if (!connection.asked) begin(connection, portion);
  FetchedMessages fetched = connection.fetcher->finish();
  connection.portions.pop_front();
  connection.asked = false;
  std::exception_ptr later;
  if (const auto next = queue_.take()) {
    connection.portions.push_back(*next);
    try {
      begin(connection, *next);
    } catch (...) {
      later = std::current_exception();  // after what is here is committed
    }
  }
  commit(portion, std::move(fetched));
  if (later) std::rethrow_exception(later);
}

void FetchWorkers::begin(Connection& connection, const FetchQueue::Portion& portion) {
  const MailboxPlan& plan = plans_[portion.mailbox];
  if (connection.selected != portion.mailbox) {
    connection.selected.reset();
    const RemoteMailbox state = connection.client->examine(plan.remote.wire_name);
    if (state.uid_validity != plan.state.uid_validity) {
      throw ProtocolError("the mailbox was made anew meanwhile");
    }
    connection.selected = portion.mailbox;
  }
  if (!connection.fetcher) {
    connection.fetcher.emplace(*connection.client, account_, max_message_bytes_);
  }
  connection.fetcher->begin(portion.messages);
  connection.asked = true;
}

void FetchWorkers::commit(const FetchQueue::Portion& portion, FetchedMessages fetched) {
  const MailboxPlan& plan = plans_[portion.mailbox];
  if (!queue_.await_turn(portion)) return;
  for (const std::string& text : fetched.complaints) complain(plan.name + ": " + text);
  failed_ += fetched.complaints.size();
  vanished_ += fetched.gone;
  other_sizes_ += fetched.other_sizes;
  // Only whose turn it is touches the mailbox's keywords.
  KeywordLimit& keywords = keywords_[portion.mailbox];
  for (store::NewMessage& message : fetched.messages) {
    const std::string left_out = keywords.apply(message.flags);
    if (!left_out.empty()) {
      complain(plan.name + ": too many keywords, one is left out: " + left_out);
    }
  }
  const std::uint64_t count = fetched.messages.size();
  if (count > 0 || !fetched.refused.empty()) {
    const auto result = account_.take(plan.name, std::move(fetched.messages), fetched.refused);
    if (!result) {
      complain(plan.name + ": " + std::string(store::describe(result.error())));
      ++failed_;
      queue_.fail(portion.mailbox);
      return;
    }
  }
  bytes_ += fetched.bytes;
  messages_ += count;
  queue_.committed(portion);
}

void FetchWorkers::give_up(Connection& connection, const std::string& reason) {
  for (const FetchQueue::Portion& portion : connection.portions) {
    if (queue_.has_failed(portion.mailbox)) continue;
    queue_.fail(portion.mailbox);
    ++failed_;
    complain(plans_[portion.mailbox].name + ": not all could be fetched: " + reason);
  }
  connection.portions.clear();
}

}  // namespace mailkeep::server
