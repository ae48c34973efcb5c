// What a client has switched on, by ENABLE (RFC 5161) or by using it (RFC 7162 3.1).
#pragma once

namespace mailkeep::imap {

struct Enabled {
  bool condstore = false;
  bool qresync = false;    // VANISHED instead of EXPUNGE (RFC 7162 3.2.10)
  bool imap4rev2 = false;  // RFC 9051: no \Recent, ESEARCH responses, UTF-8
  bool utf8 = false;       // UTF8=ACCEPT (RFC 6855)
  bool uid_only = false;   // RFC 9586
  // Told of annotations that others change (RFC 5464 4.4): of mailboxes, of the account.
  bool metadata = false;
  bool metadata_server = false;
  bool notify = false;  // by NOTIFY: flags that others change come with the UID (RFC 5465 5.1)
};

}  // namespace mailkeep::imap
