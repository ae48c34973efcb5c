// Running blocking work (the store, password hashes) away from a session's own thread.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mailkeep::protocol {

class BlockingPool {
 public:
  virtual ~BlockingPool() = default;

  // Runs `work` on a thread of the pool, some time. `work` must not throw.
  virtual void submit(std::move_only_function<void()> work) = 0;

  // Runs `work` there and resumes the awaiting coroutine on its own executor with the result. What
  // `work` throws is thrown here. `work` may refer to the coroutine's variables: it has ended when
  // this returns. It must hold no lock, statement or transaction beyond its own end.
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work&>> run(Work work) {
    using Result = std::invoke_result_t<Work&>;
    using Stored = std::conditional_t<std::is_void_v<Result>, bool, Result>;
    std::optional<Stored> result;
    std::exception_ptr error;
    auto start = [&](auto handler) {
      auto executor = boost::asio::get_associated_executor(handler);
      submit([&work, &result, &error, executor, handler = std::move(handler)]() mutable {
        try {
          if constexpr (std::is_void_v<Result>) {
            work();
          } else {
            result.emplace(work());
          }
        } catch (...) {
          error = std::current_exception();
        }
        boost::asio::post(executor, std::move(handler));
      });
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
        start, boost::asio::use_awaitable);
    if (error) std::rethrow_exception(error);
    if constexpr (!std::is_void_v<Result>) co_return std::move(*result);
  }
};

}  // namespace mailkeep::protocol
