// Keywords that a mailbox here can have, of those that messages had elsewhere: the message matters
// more than a keyword too many.
#pragma once

#include <string>
#include <vector>

#include "store/types.h"

namespace mailkeep::server {

class KeywordLimit {
 public:
  // `known`: those that the mailbox has.
  explicit KeywordLimit(std::vector<std::string> known = {}) : known_(std::move(known)) {}

  // Takes keywords away from `flags` that are none or beyond the limit. Returns the first of them;
  // empty where all stay.
  std::string apply(store::FlagSet& flags);

 private:
  bool take(const std::string& keyword);

  std::vector<std::string> known_;
};

}  // namespace mailkeep::server
