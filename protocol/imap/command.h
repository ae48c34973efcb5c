// Every command of the protocol as one value. A command's struct, its parser and its handler stand
// together in commands/; the table in command_table.cpp joins names to them.
#pragma once

#include <variant>

#include "protocol/imap/commands/acl.h"
#include "protocol/imap/commands/append.h"
#include "protocol/imap/commands/authentication.h"
#include "protocol/imap/commands/cancel_update.h"
#include "protocol/imap/commands/comparator.h"
#include "protocol/imap/commands/connection.h"
#include "protocol/imap/commands/copy.h"
#include "protocol/imap/commands/expunge.h"
#include "protocol/imap/commands/fetch.h"
#include "protocol/imap/commands/idle.h"
#include "protocol/imap/commands/list.h"
#include "protocol/imap/commands/mailbox.h"
#include "protocol/imap/commands/metadata.h"
#include "protocol/imap/commands/multi_search.h"
#include "protocol/imap/commands/notify.h"
#include "protocol/imap/commands/quota.h"
#include "protocol/imap/commands/replace.h"
#include "protocol/imap/commands/search.h"
#include "protocol/imap/commands/select.h"
#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/commands/sort.h"
#include "protocol/imap/commands/status.h"
#include "protocol/imap/commands/store.h"
#include "protocol/imap/commands/thread.h"
#include "protocol/imap/commands/uid_batches.h"
#include "protocol/imap/commands/url_auth.h"

namespace mailkeep::imap {

using Command = std::variant<
    CapabilityCommand, NoopCommand, LogoutCommand, IdCommand, EnableCommand, StartTlsCommand,
    LoginCommand, AuthenticateCommand, SelectCommand, UnselectCommand, CreateCommand, DeleteCommand,
    RenameCommand, SubscribeCommand, ListCommand, LsubCommand, NamespaceCommand, StatusCommand,
    AppendCommand, IdleCommand, CheckCommand, CloseCommand, ExpungeCommand, SearchCommand,
    SortCommand, ThreadCommand, CancelUpdateCommand, ComparatorCommand, MultiSearchCommand,
    FetchCommand, StoreCommand, CopyCommand, SetAclCommand, GetAclCommand, ListRightsCommand,
    MyRightsCommand, GetQuotaCommand, GetQuotaRootCommand, SetQuotaCommand, GetMetadataCommand,
    SetMetadataCommand, ReplaceCommand, CompressCommand, UnauthenticateCommand, LanguageCommand,
    NotifyCommand, UidBatchesCommand, ResetKeyCommand, GenUrlAuthCommand, UrlFetchCommand>;

}  // namespace mailkeep::imap
