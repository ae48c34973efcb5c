// Passwords in memory: overwritten when they are no longer needed.
#pragma once

#include <string>

namespace mailkeep::sasl {

// Overwrites the string's octets, spare capacity included, and empties it. The compiler does not
// take it away.
void cleanse(std::string& secret);
void cleanse(std::u16string& secret);

// Cleanses a string at the end of a scope, whichever way it is left.
class CleanseAtExit {
 public:
  explicit CleanseAtExit(std::string& secret) : secret_(secret) {}
  ~CleanseAtExit() { cleanse(secret_); }
  CleanseAtExit(const CleanseAtExit&) = delete;
  CleanseAtExit& operator=(const CleanseAtExit&) = delete;

 private:
  std::string& secret_;
};

}  // namespace mailkeep::sasl
