#include "server/net/io_thread.h"

#include <boost/asio/post.hpp>
#include <pthread.h>

namespace mailkeep::server::net {

namespace asio = boost::asio;

IoThread::IoThread(std::chrono::milliseconds sweep_interval)
    : work_(context_.get_executor()),
      sweep_timer_(context_),
      sweep_interval_(sweep_interval),
      input_scratch_(std::make_unique_for_overwrite<char[]>(kScratchBytes)),
      plaintext_scratch_(std::make_unique_for_overwrite<char[]>(kScratchBytes)) {}

IoThread::~IoThread() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void IoThread::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "io");
}

void IoThread::run() {
  schedule_sweep();
  context_.run();
}

void IoThread::begin_stop() {
  asio::post(context_, [this] {
    stopping_ = true;
    for (Sweepable& connection : connections_) connection.begin_stop();
  });
}

void IoThread::abort_all() {
  asio::post(context_, [this] {
    stopping_ = true;
    aborted_ = true;
    for (Sweepable& connection : connections_) connection.abort();
  });
}

void IoThread::join() {
  asio::post(context_, [this] {
    joining_ = true;
    sweep_timer_.cancel();
    work_.reset();
  });
  if (thread_.joinable()) thread_.join();
}

void IoThread::add(Sweepable& connection) {
  connections_.push_back(connection);
}

void IoThread::schedule_sweep() {
  sweep_timer_.expires_after(sweep_interval_);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || joining_) return;
    sweep();
    schedule_sweep();
  });
}

void IoThread::sweep() {
  const Clock::time_point now = Clock::now();
  for (Sweepable& connection : connections_) connection.sweep(now);
}

}  // namespace mailkeep::server::net
