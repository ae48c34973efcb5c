// The hash kept beside a message: SHA-256 over all its octets.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace mailkeep::store {

inline constexpr std::size_t kMessageHashBytes = 32;

class MessageHash {
 public:
  MessageHash();
  ~MessageHash();
  MessageHash(const MessageHash&) = delete;
  MessageHash& operator=(const MessageHash&) = delete;

  void update(std::string_view octets);
  // kMessageHashBytes octets. Once.
  std::string finish();

 private:
  evp_md_ctx_st* context_;
};

}  // namespace mailkeep::store
