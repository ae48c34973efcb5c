#include "protocol/imap/capability.h"

#include <algorithm>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"
#include "protocol/sasl_log_in.h"

namespace mailkeep::imap {
namespace {

bool before_login(Session& session) {
  return session.state() == State::not_authenticated;
}

bool may_start_tls(Session& session) {
  return before_login(session) && session.stream().can_start_tls();
}

bool has_mechanism(Session& session, std::string_view name) {
  return before_login(session) &&
         protocol::is_offered(*sasl::find_mechanism(name), session.stream(),
                              session.services().authenticator, session.may_give_password());
}

bool takes_no_passwords(Session& session) {
  return before_login(session) && !session.may_give_password();
}

bool without_literal_plus(Session& session) {
  return !session.allows(Capability::literal_plus);
}

// The rights that RFC 2086 did not have (RFC 4314 2.2).
std::string rights(Session&) {
  return "kxte";
}

std::string append_limit(Session& session) {
  return std::to_string(session.settings().max_message_bytes);
}

// RFC 5255 4.3: one level is announced.
bool without_i18n_level_2(Session& session) {
  return !session.allows(Capability::i18n_level_2);
}

// RFC 4978 3: not announced where it is on already.
bool may_compress(Session& session) {
  return !before_login(session) && !session.is_compressed();
}

bool has_message_limit(Session& session) {
  return session.settings().message_limit != 0;
}

std::string message_limit(Session& session) {
  return std::to_string(session.settings().message_limit);
}

// RFC 9738 3: where only COPY and APPEND are limited.
bool has_save_limit(Session& session) {
  return session.settings().save_limit != 0 && !has_message_limit(session);
}

std::string save_limit(Session& session) {
  return std::to_string(session.settings().save_limit);
}

constexpr CapabilityEntry kTable[] = {
    {.capability = Capability::imap4rev1, .name = "IMAP4rev1", .rfc = "RFC 3501"},
    {.capability = Capability::imap4rev2,
     .name = "IMAP4rev2",
     .rfc = "RFC 9051",
     .enable = enable_imap4rev2},
    {.capability = Capability::literal_plus, .name = "LITERAL+", .rfc = "RFC 7888"},
    {.capability = Capability::literal_minus,
     .name = "LITERAL-",
     .rfc = "RFC 7888 5",
     .announced = without_literal_plus},
    {.capability = Capability::starttls,
     .name = "STARTTLS",
     .rfc = "RFC 3501 6.2.1",
     .announced = may_start_tls},
    {.capability = Capability::login_disabled,
     .name = "LOGINDISABLED",
     .rfc = "RFC 3501 6.2.3",
     .announced = takes_no_passwords},
    {.capability = Capability::auth_scram_sha_512_plus,
     .name = "AUTH=SCRAM-SHA-512-PLUS",
     .rfc = "RFC 5802",
     .announced = [](Session& session) { return has_mechanism(session, "SCRAM-SHA-512-PLUS"); }},
    {.capability = Capability::auth_scram_sha_512,
     .name = "AUTH=SCRAM-SHA-512",
     .rfc = "RFC 5802",
     .announced = [](Session& session) { return has_mechanism(session, "SCRAM-SHA-512"); }},
    {.capability = Capability::auth_scram_sha_256_plus,
     .name = "AUTH=SCRAM-SHA-256-PLUS",
     .rfc = "RFC 7677",
     .announced = [](Session& session) { return has_mechanism(session, "SCRAM-SHA-256-PLUS"); }},
    {.capability = Capability::auth_scram_sha_256,
     .name = "AUTH=SCRAM-SHA-256",
     .rfc = "RFC 7677",
     .announced = [](Session& session) { return has_mechanism(session, "SCRAM-SHA-256"); }},
    {.capability = Capability::auth_scram_sha_1_plus,
     .name = "AUTH=SCRAM-SHA-1-PLUS",
     .rfc = "RFC 5802",
     .announced = [](Session& session) { return has_mechanism(session, "SCRAM-SHA-1-PLUS"); }},
    {.capability = Capability::auth_scram_sha_1,
     .name = "AUTH=SCRAM-SHA-1",
     .rfc = "RFC 5802",
     .announced = [](Session& session) { return has_mechanism(session, "SCRAM-SHA-1"); }},
    {.capability = Capability::auth_plain,
     .name = "AUTH=PLAIN",
     .rfc = "RFC 4616",
     .announced = [](Session& session) { return has_mechanism(session, "PLAIN"); }},
    {.capability = Capability::auth_login,
     .name = "AUTH=LOGIN",
     .rfc = "draft-murchison-sasl-login",
     .announced = [](Session& session) { return has_mechanism(session, "LOGIN"); }},
    {.capability = Capability::auth_oauthbearer,
     .name = "AUTH=OAUTHBEARER",
     .rfc = "RFC 7628",
     .announced = [](Session& session) { return has_mechanism(session, "OAUTHBEARER"); }},
    {.capability = Capability::auth_xoauth2,
     .name = "AUTH=XOAUTH2",
     .rfc = "draft",
     .announced = [](Session& session) { return has_mechanism(session, "XOAUTH2"); }},
    {.capability = Capability::auth_external,
     .name = "AUTH=EXTERNAL",
     .rfc = "RFC 4422",
     .announced = [](Session& session) { return has_mechanism(session, "EXTERNAL"); }},
    {.capability = Capability::auth_anonymous,
     .name = "AUTH=ANONYMOUS",
     .rfc = "RFC 4505",
     .announced = [](Session& session) { return has_mechanism(session, "ANONYMOUS"); }},
    {.capability = Capability::sasl_ir, .name = "SASL-IR", .rfc = "RFC 4959"},
    {.capability = Capability::id, .name = "ID", .rfc = "RFC 2971"},
    {.capability = Capability::enable, .name = "ENABLE", .rfc = "RFC 5161"},
    {.capability = Capability::idle, .name = "IDLE", .rfc = "RFC 2177"},
    {.capability = Capability::name_space, .name = "NAMESPACE", .rfc = "RFC 2342"},
    {.capability = Capability::uid_plus, .name = "UIDPLUS", .rfc = "RFC 4315"},
    {.capability = Capability::unselect, .name = "UNSELECT", .rfc = "RFC 3691"},
    {.capability = Capability::move, .name = "MOVE", .rfc = "RFC 6851"},
    {.capability = Capability::children, .name = "CHILDREN", .rfc = "RFC 3348"},
    {.capability = Capability::special_use, .name = "SPECIAL-USE", .rfc = "RFC 6154"},
    {.capability = Capability::list_extended, .name = "LIST-EXTENDED", .rfc = "RFC 5258"},
    {.capability = Capability::list_status,
     .name = "LIST-STATUS",
     .rfc = "RFC 5819",
     .builds_on = Capability::list_extended},
    {.capability = Capability::create_special_use,
     .name = "CREATE-SPECIAL-USE",
     .rfc = "RFC 6154",
     .builds_on = Capability::special_use},
    {.capability = Capability::metadata,
     .name = "METADATA",
     .rfc = "RFC 5464",
     .enable = enable_metadata},
    {.capability = Capability::metadata_server,
     .name = "METADATA-SERVER",
     .rfc = "RFC 5464",
     .enable = enable_metadata_server,
     .builds_on = Capability::metadata},
    {.capability = Capability::list_metadata,
     .name = "LIST-METADATA",
     .rfc = "RFC 9590",
     .builds_on = Capability::metadata},
    {.capability = Capability::acl, .name = "ACL", .rfc = "RFC 4314"},
    {.capability = Capability::rights,
     .name = "RIGHTS=",
     .rfc = "RFC 4314",
     .value = rights,
     .builds_on = Capability::acl},
    {.capability = Capability::list_my_rights,
     .name = "LIST-MYRIGHTS",
     .rfc = "RFC 8440",
     .builds_on = Capability::acl},
    {.capability = Capability::quota, .name = "QUOTA", .rfc = "RFC 9208"},
    {.capability = Capability::quota_storage,
     .name = "QUOTA=RES-STORAGE",
     .rfc = "RFC 9208",
     .builds_on = Capability::quota},
    {.capability = Capability::quota_message,
     .name = "QUOTA=RES-MESSAGE",
     .rfc = "RFC 9208",
     .builds_on = Capability::quota},
    {.capability = Capability::quota_mailbox,
     .name = "QUOTA=RES-MAILBOX",
     .rfc = "RFC 9208",
     .builds_on = Capability::quota},
    {.capability = Capability::quota_set,
     .name = "QUOTASET",
     .rfc = "RFC 9208",
     .builds_on = Capability::quota},
    {.capability = Capability::append_limit,
     .name = "APPENDLIMIT=",
     .rfc = "RFC 7889",
     .value = append_limit},
    {.capability = Capability::replace, .name = "REPLACE", .rfc = "RFC 8508"},
    {.capability = Capability::binary, .name = "BINARY", .rfc = "RFC 3516"},
    {.capability = Capability::preview, .name = "PREVIEW", .rfc = "RFC 8970"},
    {.capability = Capability::multi_append, .name = "MULTIAPPEND", .rfc = "RFC 3502"},
    {.capability = Capability::catenate, .name = "CATENATE", .rfc = "RFC 4469"},
    {.capability = Capability::url_partial,
     .name = "URL-PARTIAL",
     .rfc = "RFC 5550 5.7.1",
     .builds_on = Capability::catenate},
    {.capability = Capability::url_auth, .name = "URLAUTH", .rfc = "RFC 4467"},
    {.capability = Capability::condstore,
     .name = "CONDSTORE",
     .rfc = "RFC 7162",
     .enable = enable_condstore},
    {.capability = Capability::esearch, .name = "ESEARCH", .rfc = "RFC 4731"},
    {.capability = Capability::search_res,
     .name = "SEARCHRES",
     .rfc = "RFC 5182",
     .builds_on = Capability::esearch},
    {.capability = Capability::within, .name = "WITHIN", .rfc = "RFC 5032"},
    {.capability = Capability::sort, .name = "SORT", .rfc = "RFC 5256"},
    {.capability = Capability::sort_display,
     .name = "SORT=DISPLAY",
     .rfc = "RFC 5957",
     .builds_on = Capability::sort},
    {.capability = Capability::esort,
     .name = "ESORT",
     .rfc = "RFC 5267 3",
     .builds_on = Capability::sort},
    {.capability = Capability::context_search,
     .name = "CONTEXT=SEARCH",
     .rfc = "RFC 5267",
     .builds_on = Capability::esearch},
    {.capability = Capability::context_sort,
     .name = "CONTEXT=SORT",
     .rfc = "RFC 5267",
     .builds_on = Capability::esort},
    {.capability = Capability::multi_search,
     .name = "MULTISEARCH",
     .rfc = "RFC 7377",
     .builds_on = Capability::esearch},
    {.capability = Capability::search_fuzzy, .name = "SEARCH=FUZZY", .rfc = "RFC 6203"},
    {.capability = Capability::thread_ordered_subject,
     .name = "THREAD=ORDEREDSUBJECT",
     .rfc = "RFC 5256"},
    {.capability = Capability::thread_references, .name = "THREAD=REFERENCES", .rfc = "RFC 5256"},
    {.capability = Capability::thread_refs,
     .name = "THREAD=REFS",
     .rfc = "draft-ietf-morg-inthread"},
    {.capability = Capability::i18n_level_1,
     .name = "I18NLEVEL=1",
     .rfc = "RFC 5255 4.3",
     .announced = without_i18n_level_2},
    {.capability = Capability::i18n_level_2, .name = "I18NLEVEL=2", .rfc = "RFC 5255 4.4"},
    {.capability = Capability::filters,
     .name = "FILTERS",
     .rfc = "RFC 5466",
     .builds_on = Capability::metadata},
    {.capability = Capability::qresync,
     .name = "QRESYNC",
     .rfc = "RFC 7162",
     .enable = enable_qresync,
     .builds_on = Capability::condstore},
    {.capability = Capability::uid_only,
     .name = "UIDONLY",
     .rfc = "RFC 9586",
     .enable = enable_uid_only},
    {.capability = Capability::uid_batches, .name = "UIDBATCHES", .rfc = "RFC 10022"},
    {.capability = Capability::partial, .name = "PARTIAL", .rfc = "RFC 9394"},
    {.capability = Capability::status_size, .name = "STATUS=SIZE", .rfc = "RFC 8438"},
    {.capability = Capability::save_date, .name = "SAVEDATE", .rfc = "RFC 8514"},
    {.capability = Capability::in_progress, .name = "INPROGRESS", .rfc = "RFC 9585"},
    {.capability = Capability::message_limit,
     .name = "MESSAGELIMIT=",
     .rfc = "RFC 9738",
     .announced = has_message_limit,
     .value = message_limit},
    {.capability = Capability::save_limit,
     .name = "SAVELIMIT=",
     .rfc = "RFC 9738",
     .announced = has_save_limit,
     .value = save_limit},
    {.capability = Capability::object_id, .name = "OBJECTID", .rfc = "RFC 8474"},
    {.capability = Capability::notify, .name = "NOTIFY", .rfc = "RFC 5465"},
    {.capability = Capability::compress,
     .name = "COMPRESS=DEFLATE",
     .rfc = "RFC 4978",
     .announced = may_compress},
    {.capability = Capability::language, .name = "LANGUAGE", .rfc = "RFC 5255"},
    {.capability = Capability::unauthenticate, .name = "UNAUTHENTICATE", .rfc = "RFC 8437"},
    {.capability = Capability::utf8_accept,
     .name = "UTF8=ACCEPT",
     .rfc = "RFC 6855",
     .enable = enable_utf8},
};

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), ascii_upper);
  return result;
}

// A switch may name a capability with its value or without: "APPENDLIMIT=1000", "APPENDLIMIT".
bool is_called(const CapabilityEntry& entry, std::string_view name) {
  if (equal_ignoring_case(entry.name, name)) return true;
  if (!entry.name.ends_with('=')) return false;
  const std::string_view bare = entry.name.substr(0, entry.name.size() - 1);
  return equal_ignoring_case(bare, name.substr(0, name.find('=')));
}

}  // namespace

std::span<const CapabilityEntry> capability_table() {
  return kTable;
}

std::string capabilities(Session& session) {
  std::string names;
  for (const CapabilityEntry& entry : kTable) {
    if (!session.allows(entry.capability)) continue;
    if (entry.announced && !entry.announced(session)) continue;
    if (!names.empty()) names += ' ';
    names += entry.name;
    if (entry.value) names += entry.value(session);
  }
  return names;
}

const CapabilityEntry* find_enableable(const Session& session, std::string_view upper_name) {
  const auto* entry = std::ranges::find_if(kTable, [&](const CapabilityEntry& candidate) {
    return candidate.enable && upper(candidate.name) == upper_name;
  });
  if (entry == std::end(kTable) || !session.allows(entry->capability)) return nullptr;
  return entry;
}

bool disable_capability(CapabilitySet& disabled, std::string_view name) {
  const auto* entry = std::ranges::find_if(
      kTable, [&](const CapabilityEntry& candidate) { return is_called(candidate, name); });
  if (entry == std::end(kTable)) return false;
  switch (entry->capability) {
    case Capability::imap4rev1:
    case Capability::starttls:
    case Capability::login_disabled:
      return false;
    default:
      break;
  }
  disabled.add(entry->capability);
  // What builds on something stands below it in the table.
  for (const CapabilityEntry& other : kTable) {
    if (disabled.contains(other.builds_on)) disabled.add(other.capability);
  }
  return true;
}

CapabilitySet capabilities_of(std::string_view list) {
  CapabilitySet disabled;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", "), list.size());
    if (end > 0) static_cast<void>(disable_capability(disabled, list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return disabled;
}

}  // namespace mailkeep::imap
