#include "server/admin/import_command.h"

#include <chrono>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "protocol/imap/wire/mailbox_name.h"
#include "server/admin/arguments.h"
#include "server/admin/importer.h"
#include "server/admin/input_file.h"
#include "server/admin/mail_files.h"
#include "server/admin/mbox_source.h"
#include "server/admin/open_store.h"
#include "server/admin/pop3_id_format.h"
#include "server/admin/progress.h"
#include "server/exit_code.h"

namespace mailkeep::server {
namespace {

namespace fs = std::filesystem;
using Clock = Progress::Clock;

// What the paths of the command line turned out to be.
struct Sources {
  std::vector<std::unique_ptr<MailSource>> list;
  std::vector<std::string> complaints;
  std::uint64_t total_bytes = 0;

  void add(std::unique_ptr<MailSource> source) {
    total_bytes += source->total_bytes();
    list.push_back(std::move(source));
  }
};

struct SourceOptions {
  bool verbatim = false;
  std::optional<Pop3IdFormat> ids;
};

void add_directory(Sources& sources, const fs::path& path, const SourceOptions& options) {
  DirectoryContent content = scan_directory(path, options.ids);
  const bool nothing = content.files.empty() && content.mboxes.empty() && content.folders.empty();
  if (nothing && content.complaints.empty()) {
    content.complaints.push_back(path.string() + ": no mail in it");
  }
  for (std::string& complaint : content.complaints) {
    sources.complaints.push_back(std::move(complaint));
  }
  const std::vector<fs::path> mboxes = std::exchange(content.mboxes, {});
  if (!content.files.empty() || !content.folders.empty()) {
    sources.add(std::make_unique<FileSource>(std::move(content), options.verbatim));
  }
  for (const fs::path& mbox : mboxes) {
    sources.add(std::make_unique<MboxSource>(mbox, "", options.verbatim));
  }
}

void add_path(Sources& sources, const fs::path& path, const SourceOptions& options) {
  if (fs::is_directory(path)) {
    add_directory(sources, path, options);
    return;
  }
  DirectoryContent content;
  content.files.push_back(single_mail_file(path));
  if (MboxSource::is_mbox(InputFile(path).read())) {
    sources.add(std::make_unique<MboxSource>(path, "", options.verbatim));
  } else {
    sources.add(std::make_unique<FileSource>(std::move(content), options.verbatim));
  }
}

SourceOptions options_of(const Arguments& arguments) {
  SourceOptions options;
  options.verbatim = arguments.has("--verbatim");
  if (const auto format = arguments.value("--pop3-uidl")) {
    options.ids = Pop3IdFormat::parse(*format);
    if (!options.ids) throw AdminUsageError("--pop3-uidl: not a form of unique ids: " + *format);
  }
  return options;
}

Sources find_sources(const std::vector<std::string>& paths, const SourceOptions& options) {
  Sources sources;
  for (const std::string& path : paths) {
    try {
      add_path(sources, path, options);
    } catch (const std::exception& error) {
      sources.complaints.emplace_back(error.what());
    }
  }
  return sources;
}

std::string summary(const Importer& importer, std::uint64_t failed, Clock::duration time) {
  const double seconds = std::chrono::duration<double>(time).count();
  std::string text =
      fmt::format("Imported {} messages ({}) in {:.1f} s", importer.messages() - importer.known(),
                  readable_bytes(importer.bytes()), seconds);
  if (importer.known() > 0) {
    text += fmt::format("; {} were imported before", importer.known());
  }
  if (importer.defective() > 0) {
    text += fmt::format("; {} of them with defects (see: mailkeep message defects)",
                        importer.defective());
  }
  if (failed > 0) text += fmt::format("; {} could not be imported", failed);
  return text;
}

}  // namespace

int import_mail(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--verbatim"}, {"--mailbox", "--pop3-uidl"});
  arguments.expect_plain(2, std::numeric_limits<std::size_t>::max(), "account name or path");
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, arguments.plain().front());
  const std::string mailbox = imap::normalize_inbox(arguments.value("--mailbox").value_or("INBOX"));
  const auto start = Clock::now();
  Sources sources =
      find_sources({arguments.plain().begin() + 1, arguments.plain().end()}, options_of(arguments));
  const std::uint64_t most = context.config.max_message_bytes != 0
                                 ? context.config.max_message_bytes
                                 : store::StoreOptions().max_message_bytes;
  Importer importer(account, mailbox, most);
  {
    Progress progress(context.err, is_terminal(context.err), "Imported", sources.total_bytes,
                      start);
    const auto complain = [&](std::string_view text) {
      progress.say("mailkeep: " + std::string(text));
    };
    for (const std::string& complaint : sources.complaints) complain(complaint);
    std::uint64_t bytes_before = 0;
    for (const auto& source : sources.list) {
      importer.run(*source, complain, [&] {
        progress.update(bytes_before + source->bytes_done(), importer.messages(), Clock::now());
      });
      bytes_before += source->total_bytes();
    }
    importer.finish(complain);
    for (const auto& source : sources.list) importer.subscribe(*source, complain);
  }
  const std::uint64_t failed = importer.failed() + sources.complaints.size();
  context.out << summary(importer, failed, Clock::now() - start) << '\n';
  return failed == 0 ? exit_code::ok : exit_code::failed;
}

}  // namespace mailkeep::server
