#include "protocol/imap/commands/search.h"

#include <gtest/gtest.h>

#include "protocol/imap/search/search_contexts.h"
#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class Searches : public DialogTest {
 protected:
  std::string say_selected(const std::string& input) {
    const std::string output = say({"x LOGIN ann secret\r\ny SELECT INBOX\r\n", input});
    const std::size_t selected = output.find("\ny OK");
    return output.substr(output.find('\n', selected + 1) + 1);
  }
};

TEST_F(Searches, end_when_the_client_has_gone) {
  deliver("INBOX", 3);
  stream_.state = protocol::PeerState::gone;
  EXPECT_EQ(say_selected("a SEARCH TEXT x\r\nb NOOP\r\n"), "");
}

// A client that has closed its side may still read: it is told something once, which tells whether
// it does.
TEST_F(Searches, tell_a_silent_client_how_far_they_are) {
  deliver("INBOX", 1'500);
  stream_.state = protocol::PeerState::silent;
  EXPECT_EQ(say_selected("a SEARCH RETURN (COUNT) TEXT x\r\n"),
            "* OK [INPROGRESS (\"a\" 1000 1500)] Still searching\r\n"
            "* ESEARCH (TAG \"a\") COUNT 1500\r\na OK SEARCH completed\r\n");
}

// RFC 9585 4: a tag that would end the response code is not told; without INPROGRESS no code is.
TEST_F(Searches, tell_no_tag_that_would_end_the_code) {
  deliver("INBOX", 1'500);
  stream_.state = protocol::PeerState::silent;
  EXPECT_EQ(say_selected("a]b SEARCH RETURN (COUNT) TEXT zebra\r\n"),
            "* OK [INPROGRESS (NIL 1000 1500)] Still searching\r\n"
            "* ESEARCH (TAG \"a]b\") COUNT 0\r\na]b OK SEARCH completed\r\n");
  settings_.disabled.add(Capability::in_progress);
  EXPECT_EQ(say_selected("a SEARCH RETURN (COUNT) TEXT zebra\r\n").find("* OK Still searching\r\n"),
            0U);
}

TEST_F(Searches, say_where_a_key_is_unknown) {
  EXPECT_EQ(say_selected("a SEARCH ALL NOSUCH\r\n"), "a BAD unknown search key, at octet 14\r\n");
  EXPECT_EQ(say_selected("a SORT (DATE NOSUCH) UTF-8 ALL\r\n"),
            "a BAD unknown sort key, at octet 14\r\n");
}

TEST_F(Searches, beyond_the_limit_are_not_kept_up_to_date) {
  deliver("INBOX", 1);
  std::string input;
  for (std::size_t i = 0; i <= SearchContexts::kMaxContexts; ++i) {
    input += "t" + std::to_string(i) + " SEARCH RETURN (UPDATE COUNT) ALL\r\n";
  }
  const std::string output = say_selected(input);
  const std::string last = "t" + std::to_string(SearchContexts::kMaxContexts);
  EXPECT_NE(output.find("* NO [NOUPDATE \"" + last + "\"] "), std::string::npos) << output;
  EXPECT_NE(output.find("* ESEARCH (TAG \"" + last + "\") COUNT 1\r\n"), std::string::npos);
  EXPECT_EQ(output.find("NOUPDATE \"t0\""), std::string::npos);
}

}  // namespace
}  // namespace mailkeep::imap
