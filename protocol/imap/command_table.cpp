#include "protocol/imap/command_table.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

// A family's parser as a parser of the variant.
template <auto kParse>
Parsed<Command> as_command(Decoder& decoder) {
  auto command = kParse(decoder);
  if (!command) return std::unexpected(std::move(command.error()));
  return Command(std::move(*command));
}

constexpr CommandEntry kCommands[] = {
    {"APPEND", as_command<parse_append>, kAfterLogin},
    {"AUTHENTICATE", as_command<parse_authenticate>, kBeforeLogin},
    {"CANCELUPDATE", as_command<parse_cancel_update>, kSelected, false, Capability::context_search},
    {"CAPABILITY", as_command<parse_capability>, kAnyState},
    {"CHECK", as_command<parse_check>, kSelected},
    {"CLOSE", as_command<parse_close>, kSelected},
    {"COMPARATOR", as_command<parse_comparator>, kAfterLogin, false, Capability::i18n_level_2},
    {"COMPRESS", as_command<parse_compress>, kAfterLogin, false, Capability::compress},
    {"COPY", as_command<parse_copy>, kSelected},
    {"CREATE", as_command<parse_create>, kAfterLogin},
    {"DELETE", as_command<parse_delete>, kAfterLogin},
    {"DELETEACL", as_command<parse_deleteacl>, kAfterLogin, false, Capability::acl},
    {"ENABLE", as_command<parse_enable>, kAfterLogin, false, Capability::enable},
    {"ESEARCH", as_command<parse_multi_search>, kAfterLogin, false, Capability::multi_search},
    {"EXAMINE", as_command<parse_examine>, kAfterLogin},
    {"EXPUNGE", as_command<parse_expunge>, kSelected},
    {"FETCH", as_command<parse_fetch>, kSelected, true},
    {"GENURLAUTH", as_command<parse_genurlauth>, kAfterLogin, false, Capability::url_auth},
    {"GETACL", as_command<parse_getacl>, kAfterLogin, false, Capability::acl},
    {"GETMETADATA", as_command<parse_getmetadata>, kAfterLogin, false, Capability::metadata},
    {"GETQUOTA", as_command<parse_getquota>, kAfterLogin, false, Capability::quota},
    {"GETQUOTAROOT", as_command<parse_getquotaroot>, kAfterLogin, false, Capability::quota},
    {"ID", as_command<parse_id>, kAnyState, false, Capability::id},
    {"IDLE", as_command<parse_idle>, kAfterLogin, false, Capability::idle},
    {"LANGUAGE", as_command<parse_language>, kAnyState, false, Capability::language},
    {"LIST", as_command<parse_list>, kAfterLogin},
    {"LISTRIGHTS", as_command<parse_listrights>, kAfterLogin, false, Capability::acl},
    {"LOGIN", as_command<parse_login>, kBeforeLogin},
    {"LOGOUT", as_command<parse_logout>, kAnyState},
    {"LSUB", as_command<parse_lsub>, kAfterLogin},
    {"MOVE", as_command<parse_move>, kSelected, false, Capability::move},
    {"MYRIGHTS", as_command<parse_myrights>, kAfterLogin, false, Capability::acl},
    {"NAMESPACE", as_command<parse_namespace>, kAfterLogin, false, Capability::name_space},
    {"NOOP", as_command<parse_noop>, kAnyState},
    {"NOTIFY", as_command<parse_notify>, kAfterLogin, false, Capability::notify},
    {"RENAME", as_command<parse_rename>, kAfterLogin},
    {"REPLACE", as_command<parse_replace>, kSelected, false, Capability::replace},
    {"RESETKEY", as_command<parse_resetkey>, kAfterLogin, false, Capability::url_auth},
    {"SEARCH", as_command<parse_search>, kSelected, true},
    {"SELECT", as_command<parse_select>, kAfterLogin},
    {"SETACL", as_command<parse_setacl>, kAfterLogin, false, Capability::acl},
    {"SETMETADATA", as_command<parse_setmetadata>, kAfterLogin, false, Capability::metadata},
    {"SETQUOTA", as_command<parse_setquota>, kAfterLogin, false, Capability::quota_set},
    {"SORT", as_command<parse_sort>, kSelected, true, Capability::sort},
    {"STARTTLS", as_command<parse_starttls>, kBeforeLogin},
    {"STATUS", as_command<parse_status>, kAfterLogin},
    {"STORE", as_command<parse_store>, kSelected, true},
    {"SUBSCRIBE", as_command<parse_subscribe>, kAfterLogin},
    {"THREAD", as_command<parse_thread>, kSelected, true},
    {"UID COPY", as_command<parse_uid_copy>, kSelected},
    {"UID EXPUNGE", as_command<parse_uid_expunge>, kSelected, false, Capability::uid_plus},
    {"UID FETCH", as_command<parse_uid_fetch>, kSelected},
    {"UID MOVE", as_command<parse_uid_move>, kSelected, false, Capability::move},
    {"UID REPLACE", as_command<parse_uid_replace>, kSelected, false, Capability::replace},
    {"UID SEARCH", as_command<parse_uid_search>, kSelected},
    {"UID SORT", as_command<parse_uid_sort>, kSelected, false, Capability::sort},
    {"UID STORE", as_command<parse_uid_store>, kSelected},
    {"UID THREAD", as_command<parse_uid_thread>, kSelected},
    {"UIDBATCHES", as_command<parse_uid_batches>, kSelected, false, Capability::uid_batches},
    {"UNAUTHENTICATE", as_command<parse_unauthenticate>, kAfterLogin, false,
     Capability::unauthenticate},
    {"UNSELECT", as_command<parse_unselect>, kSelected, false, Capability::unselect},
    {"UNSUBSCRIBE", as_command<parse_unsubscribe>, kAfterLogin},
    {"URLFETCH", as_command<parse_urlfetch>, kAfterLogin, false, Capability::url_auth},
};
static_assert(std::ranges::is_sorted(kCommands, {}, &CommandEntry::name));

}  // namespace

std::span<const CommandEntry> command_table() {
  return kCommands;
}

const CommandEntry* find_command(std::string_view name) {
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), ascii_upper);
  const auto entry =
      std::ranges::lower_bound(kCommands, std::string_view(upper), {}, &CommandEntry::name);
  return entry != std::end(kCommands) && entry->name == upper ? entry : nullptr;
}

}  // namespace mailkeep::imap
