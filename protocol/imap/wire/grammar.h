// What of the grammar one session has: the extensions that are not turned off, and what the client
// has enabled. Parsers ask it through their Decoder, so that a capability that is turned off is
// unknown to them.
#pragma once

#include <bitset>
#include <cstdint>

namespace mailkeep::imap {

// Every capability there is; capability.cpp says what each is called, and when it is announced.
enum class Capability : std::uint8_t {
  imap4rev1,
  imap4rev2,
  literal_plus,
  literal_minus,
  starttls,
  login_disabled,
  auth_plain,
  auth_login,
  auth_scram_sha_512_plus,
  auth_scram_sha_512,
  auth_scram_sha_256_plus,
  auth_scram_sha_256,
  auth_scram_sha_1_plus,
  auth_scram_sha_1,
  auth_oauthbearer,
  auth_xoauth2,
  auth_external,
  auth_anonymous,
  sasl_ir,
  id,
  enable,
  idle,
  name_space,
  uid_plus,
  unselect,
  move,
  children,
  special_use,
  condstore,
  qresync,
  // Sync
  uid_only,
  partial,
  status_size,
  save_date,
  object_id,
  message_limit,
  save_limit,
  in_progress,
  uid_batches,
  // Connection
  notify,
  compress,
  utf8_accept,
  language,
  unauthenticate,
  // Search, sort, thread
  esearch,
  search_res,
  within,
  sort,
  sort_display,
  esort,
  thread_ordered_subject,
  thread_references,
  thread_refs,
  context_search,
  context_sort,
  multi_search,
  search_fuzzy,
  filters,
  i18n_level_1,
  i18n_level_2,
  // Mailboxes
  list_extended,
  list_status,
  list_my_rights,
  list_metadata,
  create_special_use,
  metadata,
  metadata_server,
  acl,
  rights,
  quota,
  quota_storage,
  quota_message,
  quota_mailbox,
  quota_set,
  append_limit,
  // Messages
  binary,
  catenate,
  url_partial,
  multi_append,
  replace,
  preview,
  url_auth,
};
inline constexpr std::size_t kCapabilities = static_cast<std::size_t>(Capability::url_auth) + 1;

class CapabilitySet {
 public:
  void add(Capability capability) { bits_.set(static_cast<std::size_t>(capability)); }
  bool contains(Capability capability) const {
    return bits_.test(static_cast<std::size_t>(capability));
  }
  CapabilitySet& operator|=(const CapabilitySet& other) {
    bits_ |= other.bits_;
    return *this;
  }
  friend bool operator==(const CapabilitySet&, const CapabilitySet&) = default;

 private:
  std::bitset<kCapabilities> bits_;
};

struct Grammar {
  CapabilitySet disabled{};  // turned off for this session
  // Mailbox names are plain UTF-8, and quoted strings may hold it (after ENABLE UTF8=ACCEPT, RFC
  // 6855 3, or IMAP4rev2, RFC 9051 5.1).
  bool utf8 = false;
  bool uid_only = false;  // after ENABLE UIDONLY (RFC 9586): no sequence numbers
};

}  // namespace mailkeep::imap
