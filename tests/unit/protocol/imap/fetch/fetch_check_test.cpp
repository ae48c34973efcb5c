// Whole messages through FETCH: every answer valid, every byte reachable.
#include "fetch_check.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>

#include "fetch_grammar.h"

namespace mailkeep::imap {
namespace {

using testing::IsEmpty;

TEST(FetchCheck, FindsNothingWrongWithTheSampleMessages) {
  for (const auto& file : std::filesystem::directory_iterator(MAILKEEP_TEST_DATA "/messages")) {
    SCOPED_TRACE(file.path().string());
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string message{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_THAT(fetch_violations(message, 1000), IsEmpty());
  }
}

TEST(FetchGrammar, AcceptsWhatTheRfcShows) {
  // RFC 9051 7.5.2, and an envelope as in RFC 3501 8.
  EXPECT_TRUE(
      read_fetch("* 12 FETCH (BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL "
                 "\"7BIT\" 3028 92) ENVELOPE (\"Wed\" \"x\" ((\"Terry\" NIL \"gray\" "
                 "\"cac\")) NIL NIL NIL NIL NIL NIL {3}\r\n<B>))\r\n",
                 Revision::rev1));
}

TEST(FetchGrammar, RefusesWhatIsAlmostRight) {
  for (const std::string wrong : {
           "* 0 FETCH (UID 1)\r\n",
           "* 1 FETCH ()\r\n",
           "* 1 FETCH (UID 1 )\r\n",
           "* 1 FETCH (UID 4294967296)\r\n",
           "* 1 FETCH (BODY (\"text\" \"plain\" () NIL NIL \"7bit\" 1 1))\r\n",
           "* 1 FETCH (BODY (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1))\r\n",
           "* 1 FETCH (BODY (\"text\" NIL NIL NIL NIL \"7bit\" 1 1))\r\n",
           "* 1 FETCH (BODY (\"text\" \"plain\" NIL NIL NIL NIL 1 1))\r\n",
           "* 1 FETCH (BODY (\"multipart\" \"mixed\" NIL NIL NIL \"7bit\" 1))\r\n",
           "* 1 FETCH (BODY (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1))\r\n",
           "* 1 FETCH (BODY[] \"\x80\")\r\n",
           "* 1 FETCH (BODY[] {2}\r\nx)\r\n",
           "* 1 FETCH (ENVELOPE (NIL NIL () NIL NIL NIL NIL NIL NIL NIL))\r\n",
           "* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL NIL NIL)) NIL NIL NIL NIL NIL NIL NIL))\r\n",
       }) {
    EXPECT_FALSE(read_fetch(wrong, Revision::rev1)) << wrong;
    EXPECT_FALSE(read_fetch(wrong, Revision::rev2)) << wrong;
  }
}

}  // namespace
}  // namespace mailkeep::imap
