// The limits of METADATA, each reached.
#include "protocol/imap/commands/metadata.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class Metadata : public DialogTest {};

TEST_F(Metadata, has_so_many_entries_and_no_more) {
  std::vector<store::AnnotationChange> changes;
  for (std::size_t i = 0; i < store::kMaxAnnotations; ++i) {
    changes.push_back({"/shared/entry" + std::to_string(i), "x"});
  }
  ASSERT_TRUE(account().annotate(store::MailboxId{0}, changes));
  EXPECT_EQ(say_logged_in("1 SETMETADATA INBOX (/private/one \"x\")\r\n"),
            "1 NO [METADATA TOOMANY] The account has too many annotations.\r\n");
  EXPECT_EQ(say_logged_in("1 SETMETADATA \"\" (/shared/entry0 NIL)\r\n"
                          "2 SETMETADATA INBOX (/private/one \"x\")\r\n"),
            "1 OK SETMETADATA completed\r\n2 OK SETMETADATA completed\r\n");
}

TEST_F(Metadata, has_values_of_such_a_size_and_no_larger) {
  const auto set = [&](std::size_t octets) {
    return say_logged_in("1 SETMETADATA INBOX (/private/one {" + std::to_string(octets) + "+}\r\n" +
                         std::string(octets, 'x') + ")\r\n");
  };
  EXPECT_EQ(set(store::kMaxAnnotationBytes), "1 OK SETMETADATA completed\r\n");
  EXPECT_EQ(set(store::kMaxAnnotationBytes + 1),
            "1 NO [METADATA MAXSIZE 65536] The annotation is too big.\r\n");
}

}  // namespace
}  // namespace mailkeep::imap
