#include "protocol/auth_service/session.h"

#include <atomic>
#include <exception>
#include <utility>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/scram.h"

namespace mailkeep::auth_service {

using protocol::LoginError;
using protocol::ReadStatus;
using protocol::SaslLogIn;

namespace {

// Other servers keep their connection for as long as they live.
constexpr std::chrono::seconds kIdle = std::chrono::hours(24);
constexpr std::string_view kVersion = "VERSION\t1\t2\n";
constexpr unsigned kMajor = 1;

// What the mechanism shows of itself to who listens, in the words of the protocol.
std::string_view properties(const sasl::Mechanism& mechanism) {
  if (mechanism.hash) return "\tdictionary\tactive\tmutual-auth";
  if (mechanism.name == "ANONYMOUS") return "\tanonymous";
  return mechanism.needs == sasl::Mechanism::Needs::privacy ? "\tplaintext" : "";
}

std::string hexadecimal(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char octet : octets) {
    text += kDigits[static_cast<unsigned char>(octet) >> 4];
    text += kDigits[static_cast<unsigned char>(octet) & 15];
  }
  return text;
}

std::string_view words_of(LoginError error) {
  switch (error) {
    case LoginError::refused:
      return "";
    case LoginError::account_suspended:
      return "\tuser_disabled\treason=The account is suspended";
    case LoginError::account_damaged:
    case LoginError::unavailable:
      return "\ttemp";
    case LoginError::blocked:
      return "\ttemp\treason=Too many failed log-ins, try again later";
  }
  return "";
}

}  // namespace

Session::Session(protocol::Stream& stream, const SessionServices& services)
    : stream_(&stream), services_(services) {}

bool Session::offers(const sasl::Mechanism& mechanism) const {
  return mechanism.needs != sasl::Mechanism::Needs::binding &&
         services_.authenticator.offers(mechanism.name);
}

void Session::greet() {
  static std::atomic<std::uint32_t> connections{0};
  output_ = kVersion;
  for (const sasl::Mechanism& mechanism : sasl::mechanisms()) {
    if (!offers(mechanism)) continue;
    output_.append("MECH\t").append(mechanism.name).append(properties(mechanism)).append("\n");
  }
  const std::string number = std::to_string(++connections);
  output_.append("SPID\t1\nCUID\t").append(number);
  output_.append("\nCOOKIE\t").append(hexadecimal(sasl::random_octets(16))).append("\nDONE\n");
}

Awaitable<void> Session::run() {
  greet();
  co_await serve();
  services_.events.session_ended("auth-service", stream_->peer(), "", end_reason_);
}

Awaitable<void> Session::serve() {
  std::size_t read = 0;  // of the input
  while (!ended_) {
    const std::size_t line_feed = input_.find('\n', read);
    if (line_feed != std::string::npos) {
      const std::string line = input_.substr(read, line_feed - read);
      read = line_feed + 1;
      co_await run_line(line);
      continue;
    }
    input_.erase(0, std::exchange(read, 0));
    if (input_.size() > kMaxLineBytes) co_return end("line without end");
    if (!output_.empty()) {
      const bool written = co_await stream_->write(output_);
      output_.clear();
      if (!written) co_return;
    }
    const ReadStatus status = co_await stream_->read(input_, kIdle);
    if (status == ReadStatus::timed_out) co_return end("timeout");
    if (status == ReadStatus::stopping) co_return end("stopping");
    if (status == ReadStatus::closed) co_return;
  }
  if (!output_.empty()) co_await stream_->write(output_);
}

Awaitable<void> Session::run_line(std::string_view line) {
  const auto request = parse_request(line);
  if (!request) co_return end("not a request");
  std::string failure;
  try {
    co_await run_request(*request);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure.empty()) co_return;
  services_.events.command_failed("auth-service", stream_->peer(), "", "", 0, "AUTH", failure);
  end("failure");
}

Awaitable<void> Session::run_request(const Request& request) {
  if (const auto* version = std::get_if<VersionRequest>(&request)) {
    if (version->major != kMajor) end("another version of the protocol");
  } else if (const auto* auth = std::get_if<AuthRequest>(&request)) {
    co_await begin(*auth);
  } else if (const auto* more = std::get_if<ContinueRequest>(&request)) {
    co_await go_on(*more);
  } else if (const auto* cancel = std::get_if<CancelRequest>(&request)) {
    exchanges_.erase(cancel->id);
  }
}

Awaitable<void> Session::begin(const AuthRequest& request) {
  const sasl::Mechanism* const mechanism = sasl::find_mechanism(request.mechanism);
  if (exchanges_.contains(request.id)) co_return end("a number is used twice");
  if (exchanges_.size() >= kMaxExchanges) co_return fail(request.id, "\ttemp");
  sasl::ExchangeContext context;
  if (request.valid_certificate && !request.certificate_name.empty()) {
    context.certificate.push_back("cn:" + request.certificate_name);
  }
  if (mechanism == nullptr || !offers(*mechanism) || !sasl::fits(*mechanism, true, context)) {
    co_return fail(request.id, "\treason=No such mechanism");
  }
  std::optional<std::string> initial;
  if (request.response) {
    initial = sasl::decode_base64(*request.response);
    if (!initial) co_return fail(request.id, "\treason=Not base64");
  }
  Exchange& exchange =
      *(exchanges_[request.id] = std::make_unique<Exchange>(Exchange{request, nullptr}));
  const protocol::LoginOrigin origin{
      .protocol =
          exchange.request.service.empty() ? "smtp" : std::string_view(exchange.request.service),
      .mechanism = mechanism->name,
      .peer = exchange.request.peer.empty() ? std::string_view(stream_->peer())
                                            : std::string_view(exchange.request.peer),
      .tls = exchange.request.secured};
  exchange.log_in =
      std::make_unique<SaslLogIn>(*mechanism, context, services_.authenticator, origin);
  const auto step = co_await exchange.log_in->begin(std::move(initial));
  answer(request.id, step);
}

Awaitable<void> Session::go_on(const ContinueRequest& request) {
  const auto found = exchanges_.find(request.id);
  if (found == exchanges_.end()) co_return fail(request.id, "\treason=No such exchange");
  auto response = sasl::decode_base64(request.response);
  if (!response) {
    exchanges_.erase(found);
    co_return fail(request.id, "\treason=Not base64");
  }
  const auto step = co_await found->second->log_in->respond(std::move(*response));
  answer(request.id, step);
}

void Session::answer(std::uint32_t id, const SaslLogIn::Step& step) {
  const std::string number = std::to_string(id);
  switch (step.kind) {
    case SaslLogIn::Step::Kind::challenge:
      output_.append("CONT\t").append(number).append("\t");
      output_.append(sasl::encode_base64(step.text)).append("\n");
      return;
    case SaslLogIn::Step::Kind::logged_in:
      output_.append("OK\t").append(number).append("\tuser=");
      output_.append(escape(step.account->name())).append("\n");
      break;
    case SaslLogIn::Step::Kind::refused:
      fail(id, words_of(step.error));
      break;
    case SaslLogIn::Step::Kind::mistaken:
      fail(id, "\treason=" + escape(step.text));
      break;
  }
  exchanges_.erase(id);
}

void Session::fail(std::uint32_t id, std::string_view words) {
  output_.append("FAIL\t").append(std::to_string(id)).append(words).append("\n");
}

void Session::end(std::string_view reason) {
  ended_ = true;
  end_reason_ = reason;
}

}  // namespace mailkeep::auth_service
