// One thread of the connection path: its event loop, the connections that live on it for their
// whole life, and the one timer that enforces all their time limits.
//
// A connection costs no timer: it states by when its wait must end, and a sweep over the thread's
// connections once a tick ends the waits that took too long.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

namespace mailkeep::server::net {

using Clock = std::chrono::steady_clock;

// What the sweep sees of a connection. It takes itself out of its thread's list when it ends.
class Sweepable : public boost::intrusive::list_base_hook<
                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Sweepable() = default;
  // Ends a wait whose limit has passed.
  virtual void sweep(Clock::time_point now) = 0;
  // The server stops: ends the wait for input, so that the session can say goodbye.
  virtual void begin_stop() = 0;
  // Ends all waits for good: every later read and write fails.
  virtual void abort() = 0;
};

class IoThread {
 public:
  // Large enough for several TLS records at once; used by one connection at a time within one
  // synchronous step, so that an idle one holds no buffer.
  static constexpr std::size_t kScratchBytes = 64 * 1024;

  explicit IoThread(std::chrono::milliseconds sweep_interval = std::chrono::seconds(1));
  // Ends the loop and the thread; what still waits in it is destroyed.
  ~IoThread();

  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& context() { return context_; }

  // --- from any thread ---
  void start();
  // Begins the end: reads answer `stopping`, now and later.
  void begin_stop();
  // Ends all waits for good.
  void abort_all();
  // Lets the loop end once nothing is left in it, and waits for that.
  void join();
  std::atomic<std::size_t>& load() { return load_; }  // connections given to this thread

  // --- on the thread itself ---
  void add(Sweepable& connection);
  bool stopping() const { return stopping_; }
  bool aborted() const { return aborted_; }
  char* input_scratch() { return input_scratch_.get(); }
  char* plaintext_scratch() { return plaintext_scratch_.get(); }
  std::string& output_scratch() { return output_scratch_; }

 private:
  using Connections =
      boost::intrusive::list<Sweepable, boost::intrusive::constant_time_size<false>>;
  void run();
  void schedule_sweep();
  void sweep();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer sweep_timer_;
  std::chrono::milliseconds sweep_interval_;
  Connections connections_;
  bool stopping_ = false;
  bool aborted_ = false;
  bool joining_ = false;
  std::atomic<std::size_t> load_{0};
  std::unique_ptr<char[]> input_scratch_;
  std::unique_ptr<char[]> plaintext_scratch_;
  std::string output_scratch_;
  std::thread thread_;
};

}  // namespace mailkeep::server::net
