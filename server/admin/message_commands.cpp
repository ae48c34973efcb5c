#include "server/admin/message_commands.h"

#include <charconv>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "mime/message_parser.h"
#include "protocol/imap/wire/mailbox_name.h"
#include "server/admin/arguments.h"
#include "server/admin/input_file.h"
#include "server/admin/message_report.h"
#include "server/admin/open_store.h"
#include "server/exit_code.h"

namespace mailkeep::server {
namespace {

mime::Structure read_structure(const std::string& path) {
  InputFile file(path);
  mime::MessageParser parser;
  for (std::string_view octets = file.read(); !octets.empty(); octets = file.read()) {
    parser.feed(octets);
  }
  return parser.finish();
}

std::uint32_t parse_uid(const std::string& word) {
  std::uint32_t uid = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, uid);
  if (error != std::errc() || rest != end || uid == 0) {
    throw AdminUsageError("\"" + word + "\" is no UID");
  }
  return uid;
}

// The opaque one where the kept structure is damaged, as clients see it.
mime::Structure structure_of(store::MessageCursor& cursor) {
  auto structure = mime::deserialize(cursor.structure());
  if (structure) return std::move(*structure);
  return mime::opaque_structure(cursor.row().size, cursor.header().size(),
                                mime::DefectKind::handling_failed);
}

mime::Structure kept_structure(const AdminContext& context, const std::string& name,
                               const std::string& mailbox, std::uint32_t uid) {
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, name);
  const store::MailboxInfo info = expect(account->mailbox(imap::normalize_inbox(mailbox)), mailbox);
  const auto cursor = expect(
      account->messages(info.id, store::UidSet({uid, uid}), store::Detail::structure), mailbox);
  if (!cursor->next()) {
    throw std::runtime_error(fmt::format("{}: there is no message with UID {}", mailbox, uid));
  }
  return structure_of(*cursor);
}

// Writes defective messages one after the other, as lines or as a JSON array.
class DefectList {
 public:
  DefectList(std::ostream& out, bool json) : out_(out), json_(json) {
    if (json_) out_ << '[';
  }

  void add(const std::string& mailbox, std::uint32_t uid, const mime::Structure& structure) {
    if (json_) {
      out_ << (count_ == 0 ? "\n" : ",\n") << message_defects_json(mailbox, uid, structure);
    } else {
      out_ << fmt::format("{} {}: {}\n", printable(mailbox), uid,
                          mime::DefectKinds(structure.defects).names());
    }
    ++count_;
  }

  void finish(std::uint64_t messages) {
    if (json_) {
      out_ << "\n]\n";
    } else {
      out_ << fmt::format("{} of {} messages have defects\n", count_, messages);
    }
  }

 private:
  std::ostream& out_;
  bool json_;
  std::uint64_t count_ = 0;
};

}  // namespace

int message_explain(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--json"}, {});
  arguments.expect_plain(1, 3, "FILE, or ACCOUNT MAILBOX UID");
  const std::vector<std::string>& plain = arguments.plain();
  if (plain.size() == 2) throw AdminUsageError("a UID is missing behind the mailbox");
  const bool file = plain.size() == 1;
  const std::string name = file ? plain[0] : fmt::format("{} {} {}", plain[0], plain[1], plain[2]);
  const mime::Structure structure =
      file ? read_structure(plain[0])
           : kept_structure(context, plain[0], plain[1], parse_uid(plain[2]));
  if (arguments.has("--json")) {
    context.out << message_report_json(name, structure) << '\n';
  } else {
    write_message_report(context.out, printable(name), structure);
  }
  return exit_code::ok;
}

int message_defects(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--json"}, {});
  arguments.expect_plain(1, 1, "account name");
  const std::string& name = arguments.plain().front();
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, name);
  const store::UidSet all({1, std::numeric_limits<std::uint32_t>::max()});
  DefectList list(context.out, arguments.has("--json"));
  std::uint64_t messages = 0;
  const auto mailboxes = expect(account->mailboxes(), name);
  for (const store::MailboxInfo& mailbox : mailboxes) {
    if (!mailbox.selectable) continue;
    const auto cursor =
        expect(account->messages(mailbox.id, all, store::Detail::structure), mailbox.name);
    while (cursor->next()) {
      ++messages;
      const std::uint32_t uid = cursor->row().uid.value;
      const mime::Structure structure = structure_of(*cursor);
      if (!structure.defects.empty()) list.add(mailbox.name, uid, structure);
    }
  }
  list.finish(messages);
  return exit_code::ok;
}

}  // namespace mailkeep::server
