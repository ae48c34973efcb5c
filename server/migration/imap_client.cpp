#include "server/migration/imap_client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "protocol/imap/wire/characters.h"
#include "protocol/imap/wire/encoder.h"
#include "protocol/sasl/base64.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kMaxRefusalBytes = 500;

using imap::equal_ignoring_case;

constexpr std::size_t kMaxMailboxes = 10'000;
constexpr std::size_t kMaxCapabilities = 1'000;
constexpr std::size_t kNumberBytes = 13;  // "* 4294967295"

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equal_ignoring_case(text.substr(0, start.size()), start);
}

std::string in_quotes(std::string_view text) {
  std::string result;
  imap::Encoder encoder(result);
  encoder.set_utf8(true);
  encoder.string(text);
  // A literal would need the server's consent.
  if (result.starts_with('{')) throw ProtocolError("a name or password cannot be sent");
  return result;
}

// RFC 7628 3.1.
std::string bearer_response(const RemoteLogin& login) {
  return "n,a=" + login.url.user + ",\x01host=" + login.url.host +
         "\x01port=" + std::to_string(login.url.port) +
         "\x01"
         "auth=Bearer " +
         login.password + "\x01\x01";
}

std::string xoauth2_response(const RemoteLogin& login) {
  return "user=" + login.url.user +
         "\x01"
         "auth=Bearer " +
         login.password + "\x01\x01";
}

// RFC 4616 2.
std::string plain_response(const RemoteLogin& login) {
  std::string response;
  if (!login.master.empty()) response = login.url.user;
  response += '\0';
  response += login.master.empty() ? login.url.user : login.master;
  response += '\0';
  return response + login.password;
}

// Of "* 5 EXISTS" (RFC 9051 7.4.1).
std::optional<std::uint32_t> exists_number(std::string_view line) {
  if (!line.starts_with("* ")) return std::nullopt;
  line.remove_prefix(2);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (!equal_ignoring_case(line, " EXISTS")) return std::nullopt;
  return number;
}

// Not where the server cannot say for now, or wants it asked in another way (RFC 5530 3).
bool is_about_password(std::string_view answer) {
  if (!starts_with_ignoring_case(answer, "NO")) return false;
  constexpr std::array<std::string_view, 6> kOtherReasons{
      "[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]", "[PRIVACYREQUIRED]"};
  return std::ranges::none_of(kOtherReasons, [&](std::string_view code) {
    return starts_with_ignoring_case(answer.substr(std::min<std::size_t>(3, answer.size())), code);
  });
}

// "NO [AUTHENTICATIONFAILED]": the condition and the response code's name, where they are known
// words.
std::string condition_of(std::string_view answer) {
  constexpr std::array<std::string_view, 2> kConditions{"NO", "BAD"};
  constexpr std::array<std::string_view, 10> kCodes{"[UNAVAILABLE]",
                                                    "[INUSE]",
                                                    "[LIMIT]",
                                                    "[SERVERBUG]",
                                                    "[CONTACTADMIN]",
                                                    "[PRIVACYREQUIRED]",
                                                    "[EXPIRED]",
                                                    "[AUTHENTICATIONFAILED]",
                                                    "[AUTHORIZATIONFAILED]",
                                                    "[ALERT]"};
  std::string text = "refused";
  for (const std::string_view condition : kConditions) {
    if (starts_with_ignoring_case(answer, condition)) text = condition;
  }
  const std::string_view rest = answer.substr(std::min(answer.find('['), answer.size()));
  for (const std::string_view code : kCodes) {
    if (starts_with_ignoring_case(rest, code)) text.append(" ").append(code);
  }
  return text;
}

}  // namespace

ImapClient::ImapClient(const RemoteLogin& login)
    : reader_([this](std::string_view text) { on_response_(text); },
              [this](std::uint64_t size, std::string_view octets) {
                if (!on_body_) throw ProtocolError("a message that nobody asked for");
                on_body_(size, octets);
              }) {
  stream_ = std::make_unique<net::ClientStream>(net::ClientStream::Options{
      login.url.host, login.url.port, login.timeout, login.check_certificate, login.stop,
      login.deadline, login.most_bytes});
  if (login.url.is_encrypted()) stream_->start_tls();
  greet(login);
  logging_in_ = true;
  quotes_refusals_ = login.quotes_refusals;
  if (login.password_sent != nullptr) *login.password_sent = true;
  log_in(login);
  logging_in_ = false;
  read_capabilities();
  read_namespace();
}

void ImapClient::greet(const RemoteLogin& login) {
  bool greeted = false;
  std::string refusal;
  on_response_ = [&](std::string_view line) {
    if (!greeted && !starts_with_ignoring_case(line, "* OK")) refusal = line;
    greeted = true;
  };
  while (!greeted) reader_.feed(stream_->read());
  if (!refusal.empty()) throw RemoteRefusal("the server refuses: " + refusal);
  read_capabilities();
  if (stream_->is_encrypted()) return;
  if (has("STARTTLS")) {
    command("STARTTLS", [](std::string_view) {});
    // What came in the open would pass for what came over TLS (CVE-2011-0411).
    if (!reader_.is_idle()) throw ProtocolError("the server answers before it is asked");
    stream_->start_tls();
    read_capabilities();
  } else if (!stream_->is_loopback() && (login.check_certificate || login.require_encryption)) {
    throw RemoteRefusal("the server offers no encryption (--insecure does without)");
  }
}

void ImapClient::log_in(const RemoteLogin& login) {
  const std::string& mechanism = login.url.mechanism;
  const bool any = mechanism.empty() || mechanism == "*";
  if (mechanism == "OAUTHBEARER") {
    authenticate(mechanism, bearer_response(login));
  } else if (mechanism == "XOAUTH2") {
    authenticate(mechanism, xoauth2_response(login));
  } else if (mechanism == "PLAIN" || !login.master.empty() || (any && has("AUTH=PLAIN"))) {
    authenticate("PLAIN", plain_response(login));
  } else if (any || mechanism == "LOGIN") {
    command("LOGIN " + in_quotes(login.url.user) + ' ' + in_quotes(login.password),
            [](std::string_view) {});
  } else {
    throw RemoteRefusal("log-in by " + mechanism + " is not supported");
  }
}

// RFC 9051 6.2.2, with the response at once where the server knows that (RFC 4959).
void ImapClient::authenticate(const std::string& mechanism, const std::string& response) {
  const std::string encoded = sasl::encode_base64(response);
  bool sent = has("SASL-IR");
  const std::string tag = send_command("AUTHENTICATE " + mechanism + (sent ? ' ' + encoded : ""));
  await(tag, [&](std::string_view line) {
    if (!line.starts_with('+')) return;
    // Once the response; then an empty one to whatever is said about it (RFC 7628 3.2.3).
    stream_->write(std::exchange(sent, true) ? "\r\n" : encoded + "\r\n");
  });
}

bool ImapClient::has(std::string_view capability) const {
  return std::ranges::find(capabilities_, capability) != capabilities_.end();
}

void ImapClient::take_capabilities(std::string_view line) {
  if (!starts_with_ignoring_case(line, "* CAPABILITY ")) return;
  capabilities_.clear();
  line.remove_prefix(13);
  while (!line.empty() && capabilities_.size() < kMaxCapabilities) {
    const std::size_t end = std::min(line.find(' '), line.size());
    std::string name(line.substr(0, end));
    for (char& c : name) c = imap::ascii_upper(c);
    if (!name.empty()) capabilities_.push_back(std::move(name));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
}

void ImapClient::read_capabilities() {
  command("CAPABILITY", [&](std::string_view line) { take_capabilities(line); });
}

void ImapClient::read_namespace() {
  if (!has("NAMESPACE")) return;
  command("NAMESPACE", [&](std::string_view line) {
    if (auto prefix = parse_namespace_prefix(line)) prefix_ = *std::move(prefix);
  });
}

std::string ImapClient::send_command(std::string_view text) {
  std::string tag = "m" + std::to_string(++commands_);
  std::string line = tag;
  line.append(" ").append(text).append("\r\n");
  stream_->expect_answer();
  stream_->write(line);
  return tag;
}

void ImapClient::await(const std::string& tag, const Untagged& untagged) {
  bool done = false;
  std::string refusal;
  on_response_ = [&](std::string_view line) {
    if (line.starts_with(tag) && line.substr(tag.size()).starts_with(' ')) {
      const std::string_view answer = line.substr(tag.size() + 1);
      if (!starts_with_ignoring_case(answer, "OK")) refusal = answer;
      done = true;
      return;
    }
    if (starts_with_ignoring_case(line, "* BYE")) {
      throw net::NetworkError(
          "the server ends the connection: " +
          (logging_in_ && !quotes_refusals_ ? "BYE" : std::string(line.substr(2, 200))));
    }
    untagged(line);
  };
  while (!done) reader_.feed(stream_->read());
  if (refusal.empty()) return;
  if (logging_in_) {
    const bool password = is_about_password(refusal);
    if (!quotes_refusals_) refusal = condition_of(refusal);
    if (password) throw WrongLogin(refusal);
    throw RemoteRefusal(refusal);
  }
  refusal.resize(std::min<std::size_t>(refusal.size(), kMaxRefusalBytes));
  throw RemoteRefusal(refusal);
}

void ImapClient::command(std::string_view text, const Untagged& untagged) {
  await(send_command(text), untagged);
}

std::vector<ListReply> ImapClient::mailboxes() {
  std::vector<ListReply> list;
  const auto take = [&](std::string_view line) {
    auto reply = parse_list_reply(line);
    if (!reply) return;
    const auto known = std::ranges::find(list, reply->wire_name, &ListReply::wire_name);
    if (known != list.end()) {
      known->subscribed = known->subscribed || reply->subscribed;
    } else if (!reply->from_lsub) {
      if (list.size() >= kMaxMailboxes) throw ProtocolError("there are too many mailboxes");
      list.push_back(*std::move(reply));
    }
  };
  // LIST-EXTENDED with SPECIAL-USE (RFC 6154 2) tells all at once; LSUB (RFC 3501 6.3.9) the
  // subscriptions of all others.
  const bool extended = has("LIST-EXTENDED") || has("IMAP4REV2");
  if (extended && has("SPECIAL-USE")) {
    command("LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE)", take);
  } else {
    command("LIST \"\" \"*\"", take);
    command("LSUB \"\" \"*\"", take);
  }
  return list;
}

StatusReply ImapClient::status(const std::string& wire_name) {
  StatusReply status;
  const bool modseq = has("CONDSTORE") || has("QRESYNC");
  command("STATUS " + in_quotes(wire_name) + " (MESSAGES UIDNEXT UIDVALIDITY" +
              (modseq ? " HIGHESTMODSEQ)" : ")"),
          [&](std::string_view line) {
            if (auto reply = parse_status_reply(line)) status = *std::move(reply);
          });
  return status;
}

RemoteMailbox ImapClient::examine(const std::string& wire_name) {
  RemoteMailbox mailbox;
  command("EXAMINE " + in_quotes(wire_name), [&](std::string_view line) {
    const auto code = [&](std::string_view name) { return response_code_number(line, name); };
    if (const auto value = code("UIDVALIDITY")) {
      mailbox.uid_validity = static_cast<std::uint32_t>(*value);
    }
    if (const auto value = code("UIDNEXT")) mailbox.uid_next = static_cast<std::uint32_t>(*value);
    if (const auto value = code("HIGHESTMODSEQ")) mailbox.modseq = *value;
    if (const auto number = exists_number(line)) mailbox.messages = *number;
  });
  if (mailbox.uid_validity == 0) throw RemoteRefusal("the mailbox has no UIDVALIDITY");
  return mailbox;
}

void ImapClient::begin_fetch(std::string_view uids, std::string_view items) {
  fetch_tag_ = send_command("UID FETCH " + std::string(uids) + ' ' + std::string(items));
}

void ImapClient::end_fetch(const FetchSink& sink) {
  on_body_ = sink.body;
  await(std::exchange(fetch_tag_, {}), [&](std::string_view line) {
    const auto reply = parse_fetch_reply(line);
    if (reply) return sink.reply(*reply);
    // Not to be passed over: it may have been a message.
    if (line.starts_with("* ") && line.find(" FETCH ") < kNumberBytes) {
      throw ProtocolError("a FETCH response makes no sense");
    }
  });
  on_body_ = nullptr;
}

void ImapClient::fetch(std::string_view uids, std::string_view items, const FetchSink& sink) {
  begin_fetch(uids, items);
  end_fetch(sink);
}

void ImapClient::logout() {
  stream_->write("bye LOGOUT\r\n");
}

}  // namespace mailkeep::server
