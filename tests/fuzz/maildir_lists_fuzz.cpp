// The input is what another server wrote beside a Maildir: UIDs, keywords, ids, subscriptions. No
// UID is there twice; what we write of it says the same.
#include <set>
#include <string>

#include "expect.h"
#include "server/admin/maildir_lists.h"
#include "server/admin/maildir_names.h"

using namespace mailkeep;
using namespace mailkeep::server;

namespace {

void check_uid_list(std::string_view input) {
  const auto list = parse_uid_list(input);
  if (!list) return;
  std::set<std::uint32_t> uids;
  std::string text = uid_list_header(list->uid_validity, list->uid_next);
  for (const auto& [name, file] : list->files) {
    expect(file.uid != 0 && uids.insert(file.uid).second, "a UID is there once");
    expect(file.uid < list->uid_next || file.uid == 0xffffffffU, "UIDNEXT is above all UIDs");
    text += uid_list_line(file.uid, file.pop3_id, name);
  }
  const auto again = parse_uid_list(text);
  // UIDVALIDITY is not 0; and names with CR are nobody's, but would be read otherwise.
  if (list->uid_validity == 0 || input.find('\r') != std::string_view::npos) return;
  expect(again && again->uid_next == list->uid_next && again->files.size() == list->files.size(),
         "what is written can be read");
  for (const auto& [name, file] : list->files) {
    const auto found = again->files.find(name);
    expect(found != again->files.end() && found->second.uid == file.uid &&
               found->second.pop3_id == file.pop3_id,
           "and says the same");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  check_uid_list(input);
  const auto keywords = parse_dovecot_keywords(input);
  expect(input.find('\r') != std::string_view::npos ||
             parse_dovecot_keywords(make_dovecot_keywords(keywords)) == keywords,
         "keywords are read as they are written");
  static_cast<void>(parse_courier_keywords(input));
  static_cast<void>(parse_courier_pop3_list(input));
  static_cast<void>(parse_courier_subscriptions(input));
  static_cast<void>(parse_dovecot_subscriptions(input));
  static_cast<void>(mailbox_of_folder(input));
  static_cast<void>(flags_of_file_name(input, keywords));
  return 0;
}
