#include "server/admin/export_command.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "protocol/imap/wire/mailbox_name.h"
#include "server/admin/arguments.h"
#include "server/admin/line_ends.h"
#include "server/admin/maildir_writer.h"
#include "server/admin/mbox_writer.h"
#include "server/admin/open_store.h"
#include "server/admin/progress.h"
#include "server/exit_code.h"

namespace mailkeep::server {
namespace {

using Clock = Progress::Clock;

constexpr std::uint64_t kExportPieceBytes = 256 * 1024;
// So many messages are read through one cursor: none may keep an old state of the file alive for
// long.
constexpr std::uint32_t kCursorMessages = 200;

class Export {
 public:
  Export(store::Account& account, MailWriter& writer, Progress& progress, bool verbatim)
      : account_(account), writer_(writer), progress_(progress), verbatim_(verbatim) {}

  void mailbox(const store::MailboxInfo& mailbox) {
    const auto snapshot = expect(account_.snapshot(mailbox.id), mailbox.name);
    const store::UidMap& uids = *snapshot.uids;
    writer_.begin_mailbox({mailbox.name, snapshot.info.uid_validity, snapshot.info.uid_next,
                           *snapshot.info.keywords});
    pop3_ids_.clear();
    if (mailbox.name == "INBOX") {
      for (auto& [uid, id] : expect(account_.pop3_ids(mailbox.id), mailbox.name)) {
        pop3_ids_.emplace(uid, std::move(id));
      }
    }
    for (std::uint32_t first = 1; first <= uids.size(); first += kCursorMessages) {
      const std::uint32_t last = std::min(uids.size(), first + kCursorMessages - 1);
      const auto cursor =
          expect(account_.messages(mailbox.id, uids.uids_of(first, last), store::Detail::row),
                 mailbox.name);
      while (cursor->next()) message(snapshot.info, *cursor);
    }
  }

  std::uint64_t messages() const { return messages_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void message(const store::MailboxInfo& mailbox, store::MessageCursor& cursor) {
    const store::MessageRow& row = cursor.row();
    ExportedMessage message;
    message.uid = row.uid;
    if (mailbox.name == "INBOX") message.pop3_id = pop3_id(mailbox, row.uid);
    message.flags = store::flags_by_name(row.flags, *mailbox.keywords);
    message.date = row.internal_date;
    message.bytes = row.size;
    std::string whole;
    if (row.size <= kExportPieceBytes) cursor.read(0, row.size, whole);
    const auto each_piece = [&](const auto& use) {
      if (row.size <= kExportPieceBytes) {
        use(whole);
      } else {
        read_in_pieces(cursor, use);
      }
    };
    LineEndCheck check;
    each_piece([&](std::string_view piece) { check.feed(piece); });
    message.unix_line_ends = !verbatim_ && !check.has_bare_lf() && !check.has_bare_cr();
    writer_.begin(message);
    std::string converted;
    each_piece([&](std::string_view piece) {
      converted.clear();
      if (message.unix_line_ends) append_with_lf(converted, piece);
      writer_.write(message.unix_line_ends ? std::string_view(converted) : piece);
    });
    writer_.end();
    ++messages_;
    bytes_ += row.size;
    progress_.update(bytes_, messages_, Clock::now());
  }

  // As POP3 tells it: kept from another server, or our own.
  std::string pop3_id(const store::MailboxInfo& mailbox, store::Uid uid) const {
    const auto kept = pop3_ids_.find(uid);
    if (kept != pop3_ids_.end()) return kept->second;
    return fmt::format("{}.{}", mailbox.uid_validity, uid.value);
  }

  template <class Use>
  static void read_in_pieces(store::MessageCursor& cursor, const Use& use) {
    std::string piece;
    for (std::uint64_t offset = 0; offset < cursor.row().size; offset += kExportPieceBytes) {
      piece.clear();
      cursor.read(offset, kExportPieceBytes, piece);
      use(piece);
    }
  }

  store::Account& account_;
  MailWriter& writer_;
  Progress& progress_;
  const bool verbatim_;
  std::map<store::Uid, std::string> pop3_ids_;
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
};

std::vector<store::MailboxInfo> mailboxes_to_export(store::Account& account,
                                                    const std::optional<std::string>& name) {
  if (name) return {expect(account.mailbox(*name), *name)};
  auto all = expect(account.mailboxes(), account.name());
  std::erase_if(all, [](const store::MailboxInfo& mailbox) { return !mailbox.selectable; });
  return all;
}

std::unique_ptr<MailWriter> make_writer(const std::filesystem::path& path, bool mbox,
                                        const std::vector<store::MailboxInfo>& mailboxes) {
  if (mbox) return std::make_unique<MboxWriter>(path);
  const std::string root = mailboxes.size() == 1 ? mailboxes.front().name : "INBOX";
  return std::make_unique<MaildirWriter>(path, root);
}

}  // namespace

int export_mail(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--verbatim"}, {"--mailbox", "--to"});
  arguments.expect_plain(1, 1, "account name");
  const auto path = arguments.value("--to");
  if (!path || path->empty()) throw AdminUsageError("missing --to PATH");
  std::optional<std::string> name = arguments.value("--mailbox");
  if (name) name = imap::normalize_inbox(*name);
  const bool mbox = path->ends_with(".mbox");
  if (mbox && !name) name = "INBOX";  // an mbox file holds one mailbox
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, arguments.plain().front());
  const auto mailboxes = mailboxes_to_export(*account, name);
  const auto start = Clock::now();
  const auto writer = make_writer(*path, mbox, mailboxes);
  std::uint64_t total_bytes = 0;
  for (const store::MailboxInfo& mailbox : mailboxes) total_bytes += mailbox.size_bytes;
  std::string done;
  {
    Progress progress(context.err, is_terminal(context.err), "Exported", total_bytes, start);
    Export work(*account, *writer, progress, arguments.has("--verbatim"));
    for (const store::MailboxInfo& mailbox : mailboxes) work.mailbox(mailbox);
    if (!name) writer->subscriptions(expect(account->subscriptions(), account->name()));
    writer->finish();
    done = fmt::format("{} messages ({})", work.messages(), readable_bytes(work.bytes()));
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  context.out << fmt::format("Exported {} in {:.1f} s\n", done, seconds);
  return exit_code::ok;
}

}  // namespace mailkeep::server
