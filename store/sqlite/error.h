// What goes wrong in SQLite, as an exception.
#pragma once

#include <stdexcept>
#include <string>

namespace mailkeep::store::sqlite {

enum class ErrorKind : unsigned char {
  damaged,    // the file is not a database, or its contents contradict themselves
  statement,  // only this statement failed (a constraint); the transaction may go on
  missing,    // the file cannot be opened, as it is not there
  disk_full,  // the transaction is lost
  machine,    // disk, memory, locks: the transaction is lost
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  ErrorKind kind() const { return kind_; }
  // Whether the file itself is bad or gone, as opposed to the machine.
  bool is_damage() const { return kind_ == ErrorKind::damaged || kind_ == ErrorKind::missing; }

 private:
  ErrorKind kind_;
};

}  // namespace mailkeep::store::sqlite
