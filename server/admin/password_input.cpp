#include "server/admin/password_input.h"

#include <array>
#include <iostream>
#include <stdexcept>

#include <openssl/rand.h>
#include <termios.h>
#include <unistd.h>

#include "mime/text/charset.h"
#include "protocol/sasl/plain.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::server {
namespace {

// What is typed is not shown while one of these lives.
class HiddenInput {
 public:
  HiddenInput() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  termios before_{};
};

std::string read_line(std::istream& in) {
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error("no password was given");
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string ask(const AdminContext& context, std::string_view question) {
  const HiddenInput hidden;
  context.err << question << std::flush;
  std::string line = read_line(context.in);
  context.err << '\n';
  return line;
}

std::string ask_twice(const AdminContext& context) {
  if (&context.in != &std::cin || ::isatty(STDIN_FILENO) == 0) {
    throw AdminUsageError("no terminal to ask for a password: use --password-stdin or --generate");
  }
  std::string password = ask(context, "Password: ");
  std::string again = ask(context, "Again: ");
  const bool same = password == again;
  sasl::cleanse(again);
  if (!same) throw std::runtime_error("the two passwords differ");
  return password;
}

void check(std::string_view password) {
  if (password.empty()) throw std::runtime_error("the password is empty");
  if (password.size() > sasl::kMaxPasswordBytes) {
    throw std::runtime_error("the password has more than " +
                             std::to_string(sasl::kMaxPasswordBytes) + " octets");
  }
  if (!mime::is_valid_utf8(password) || password.find('\0') != std::string_view::npos) {
    throw std::runtime_error("the password is not UTF-8 text");
  }
}

}  // namespace

PasswordSource password_source(const Arguments& arguments) {
  const bool generate = arguments.has("--generate");
  const bool from_stdin = arguments.has("--password-stdin");
  if (generate && from_stdin) throw AdminUsageError("--password-stdin or --generate, not both");
  if (generate) return PasswordSource::generate;
  return from_stdin ? PasswordSource::stdin_line : PasswordSource::prompt;
}

std::string read_password(const AdminContext& context, PasswordSource source) {
  std::string password;
  switch (source) {
    case PasswordSource::prompt:
      password = ask_twice(context);
      break;
    case PasswordSource::stdin_line:
      password = read_line(context.in);
      break;
    case PasswordSource::generate:
      password = generate_password();
      break;
  }
  check(password);
  return password;
}

std::string generate_password() {
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  static_assert(kAlphabet.size() == 32);  // so that a random octet's low bits choose evenly
  std::array<unsigned char, 20> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    throw std::runtime_error("no random numbers for a password");
  }
  std::string password;
  for (std::size_t i = 0; i < random.size(); ++i) {
    if (i > 0 && i % 5 == 0) password.push_back('-');
    password.push_back(kAlphabet[random[i] % kAlphabet.size()]);
  }
  return password;
}

}  // namespace mailkeep::server
