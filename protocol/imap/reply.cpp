#include "protocol/imap/reply.h"

#include <string>

namespace mailkeep::imap {
namespace {

// RFC 5530 3; HASCHILDREN is RFC 9051 7.1, TOOBIG is RFC 4469 as RFC 7889 4 uses it.
std::string_view code_of(store::StoreError error) {
  using enum store::StoreError;
  switch (error) {
    case no_such_mailbox:
      return "NONEXISTENT";
    case mailbox_exists:
    case account_exists:
      return "ALREADYEXISTS";
    case mailbox_has_children:
      return "HASCHILDREN";
    case mailbox_not_selectable:
    case invalid_account_name:
    case invalid_mailbox_name:
    case cannot_change_inbox:
    case same_mailbox:
    case invalid_annotation:
    case invalid_rights:
      return "CANNOT";
    case too_many_mailboxes:
    case too_many_keywords:
    case uids_exhausted:
    case too_many_annotations:
    case too_many_rights:
      return "LIMIT";
    case message_too_big:
    case annotation_too_big:
      return "TOOBIG";
    case no_permission:
      return "NOPERM";
    case message_gone:
      return "EXPUNGEISSUED";
    case over_quota:
      return "OVERQUOTA";
    case no_such_account:
    case account_damaged:
    case account_suspended:
      return "CONTACTADMIN";
  }
  return "SERVERBUG";
}

}  // namespace

Reply Reply::bad(const SyntaxError& error) {
  std::string text = error.text.empty() ? "syntax error" : error.text;
  Reply reply = bad(std::move(text) + ", at octet " + std::to_string(error.position + 1));
  reply.code = error.code;
  return reply;
}

Reply Reply::refused(store::StoreError error) {
  return no(std::string(code_of(error)), std::string(store::describe(error)));
}

Reply Reply::refused_destination(store::StoreError error) {
  Reply reply = refused(error);
  if (error == store::StoreError::no_such_mailbox) reply.code = "TRYCREATE";
  return reply;
}

}  // namespace mailkeep::imap
