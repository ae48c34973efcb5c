// The names that a LIST tells, with their attributes (RFC 3501 6.3.8, RFC 5258 3.3).
//
// Blocking, and used by one thread at a time: a session fills it, then writes it piece by piece.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/commands/list_options.h"
#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/wire/encoder.h"

namespace mailkeep::imap {

struct ListQuery {
  // With the reference before each; matched with names as they are on the wire, so that a wildcard
  // may cut through modified UTF-7. An empty one matches nothing.
  std::vector<std::string> patterns;
  bool extended = false;  // else as RFC 3501 has it: \Noselect rather than \NonExistent
  ListSelection selection;
  ListReturn wanted;
};

// The attributes of a mailbox in extended LIST responses: \Noselect, children, subscription,
// special use, but for what belongs to `disabled` capabilities.
void write_mailbox_attributes(Encoder& out, const store::MailboxInfo& mailbox,
                              const CapabilitySet& disabled);

class Listing {
 public:
  // `utf8`: the client's names are UTF-8. `append_limit`: what STATUS tells (RFC 7889 3.1). `query`
  // must outlive the listing.
  static store::StoreResult<Listing> read(const MailboxAccess& mailboxes, const ListQuery& query,
                                          bool utf8, std::uint64_t append_limit);

  // Writes responses until `enough` octets more are in `out` or there are none left. Returns
  // whether there are.
  bool write_some(std::string& out, std::size_t enough);

 private:
  struct Name {
    std::string wire_name;
    bool selected = false;  // by the criteria, not only for what is below it
    bool subscribed = false;
    bool child_info = false;  // something below it meets the criteria
    bool has_children = false;
    std::optional<ReachedMailbox> mailbox;  // if it exists
  };
  class Builder;

  Listing(const ListQuery& query, bool utf8, std::uint64_t append_limit, std::vector<Name> names)
      : query_(&query), utf8_(utf8), append_limit_(append_limit), names_(std::move(names)) {}
  void write(Encoder& out, const Name& name) const;
  void write_attributes(Encoder& out, const Name& name, bool selectable) const;
  void write_annotations(Encoder& out, const ReachedMailbox& mailbox) const;
  void write_child_info(Encoder& out) const;

  const ListQuery* query_;
  bool utf8_;
  std::uint64_t append_limit_;
  std::vector<Name> names_;
  std::size_t next_ = 0;
};

}  // namespace mailkeep::imap
