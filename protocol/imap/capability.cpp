#include "protocol/imap/capability.h"

#include <string_view>

#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

bool always(Session&) {
  return true;
}

bool before_login(Session& session) {
  return session.state() == State::not_authenticated;
}

bool may_start_tls(Session& session) {
  return before_login(session) && session.stream().can_start_tls();
}

bool takes_passwords(Session& session) {
  return before_login(session) && session.may_give_password();
}

bool takes_no_passwords(Session& session) {
  return before_login(session) && !session.may_give_password();
}

struct Capability {
  std::string_view name;
  std::string_view rfc;
  bool (*announced)(Session&);
};

constexpr Capability kCapabilities[] = {
    {"IMAP4rev1", "RFC 3501", always},
    {"LITERAL+", "RFC 7888", always},
    {"STARTTLS", "RFC 3501 6.2.1", may_start_tls},
    {"LOGINDISABLED", "RFC 3501 6.2.3", takes_no_passwords},
    {"AUTH=PLAIN", "RFC 4616", takes_passwords},
    {"AUTH=LOGIN", "draft-murchison-sasl-login", takes_passwords},
    {"SASL-IR", "RFC 4959", always},
    {"ID", "RFC 2971", always},
    {"ENABLE", "RFC 5161", always},
    {"IDLE", "RFC 2177", always},
    {"NAMESPACE", "RFC 2342", always},
    {"UIDPLUS", "RFC 4315", always},
    {"UNSELECT", "RFC 3691", always},
    {"MOVE", "RFC 6851", always},
    {"CHILDREN", "RFC 3348", always},
    {"SPECIAL-USE", "RFC 6154", always},
    {"LIST-EXTENDED", "RFC 5258", always},
    {"LIST-STATUS", "RFC 5819", always},
    {"CONDSTORE", "RFC 7162", always},
};

}  // namespace

std::string capabilities(Session& session) {
  std::string names;
  for (const Capability& capability : kCapabilities) {
    if (!capability.announced(session)) continue;
    if (!names.empty()) names += ' ';
    names += capability.name;
  }
  return names;
}

}  // namespace mailkeep::imap
