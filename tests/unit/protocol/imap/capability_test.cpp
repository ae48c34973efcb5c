#include "protocol/imap/capability.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class Capabilities : public DialogTest {
 protected:
  void disable(std::string_view name) {
    ASSERT_TRUE(disable_capability(settings_.disabled, name)) << name;
  }
};

TEST(CapabilityTable, names_each_once) {
  std::set<std::string_view> names;
  std::set<Capability> capabilities;
  for (const CapabilityEntry& entry : capability_table()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_TRUE(capabilities.insert(entry.capability).second) << entry.name;
    EXPECT_EQ(entry.name.ends_with('='), entry.value != nullptr) << entry.name;
    EXPECT_FALSE(entry.rfc.empty()) << entry.name;
    EXPECT_TRUE(capabilities.contains(entry.builds_on)) << entry.name << " stands too high";
  }
}

TEST(CapabilityTable, turns_off_what_builds_on_another) {
  for (const CapabilityEntry& entry : capability_table()) {
    CapabilitySet disabled;
    if (!disable_capability(disabled, entry.name)) continue;
    for (const CapabilityEntry& other : capability_table()) {
      if (disabled.contains(other.builds_on)) {
        EXPECT_TRUE(disabled.contains(other.capability)) << other.name;
      }
    }
  }
}

TEST(CapabilityTable, keeps_what_a_session_cannot_do_without) {
  CapabilitySet disabled;
  for (const char* name : {"IMAP4rev1", "STARTTLS", "LOGINDISABLED", "", "NO-SUCH", "IDL"}) {
    EXPECT_FALSE(disable_capability(disabled, name)) << name;
  }
  EXPECT_EQ(disabled, CapabilitySet());
  EXPECT_TRUE(disable_capability(disabled, "idle"));
  EXPECT_TRUE(disabled.contains(Capability::idle));
}

TEST_F(Capabilities, that_are_off_are_not_announced) {
  disable("IDLE");
  disable("CONDSTORE");
  const std::string output = say("1 CAPABILITY\r\n");
  EXPECT_EQ(greeting_.find(" IDLE"), std::string::npos);
  EXPECT_EQ(output.find(" IDLE"), std::string::npos);
  EXPECT_EQ(output.find("CONDSTORE"), std::string::npos);
  EXPECT_NE(output.find(" ENABLE "), std::string::npos);
}

TEST_F(Capabilities, that_are_off_have_no_commands) {
  disable("IDLE");
  disable("MOVE");
  EXPECT_EQ(say_logged_in("1 IDLE\r\n"), "1 BAD unknown command, at octet 3\r\n");
  EXPECT_EQ(say_logged_in("1 UID MOVE 1 x\r\n"), "1 BAD unknown command, at octet 3\r\n");
}

TEST_F(Capabilities, that_are_off_have_no_parameters) {
  disable("CONDSTORE");
  deliver("INBOX", 1);
  EXPECT_EQ(say_logged_in("1 SELECT INBOX (CONDSTORE)\r\n"),
            "1 BAD unknown SELECT parameter, at octet 17\r\n");
  EXPECT_EQ(say_logged_in("1 STATUS INBOX (HIGHESTMODSEQ)\r\n"),
            "1 BAD expected a status item, at octet 17\r\n");
  EXPECT_EQ(say_logged_in("1 ENABLE CONDSTORE\r\n"), "* ENABLED\r\n1 OK ENABLE completed\r\n");
  for (const char* command : {"FETCH 1 MODSEQ", "FETCH 1 UID (CHANGEDSINCE 1)", "SEARCH MODSEQ 1",
                              "STORE 1 (UNCHANGEDSINCE 1) FLAGS ()"}) {
    const std::string output =
        say_logged_in("1 SELECT INBOX\r\n2 " + std::string(command) + "\r\n");
    EXPECT_NE(output.find("\r\n2 BAD unknown "), std::string::npos) << output;
  }
}

// What uses each of them, is known while it is on, and unknown while it is off.
TEST_F(Capabilities, that_are_off_are_refused) {
  static constexpr std::pair<const char*, const char*> kUses[] = {
      {"ACL", "MYRIGHTS INBOX"},
      {"BINARY", "FETCH 1 BINARY.PEEK[1]"},
      {"CATENATE", "APPEND INBOX CATENATE (TEXT {1+}\r\nx)"},
      {"COMPRESS=DEFLATE", "COMPRESS DEFLATE"},
      {"CONDSTORE", "FETCH 1 (MODSEQ)"},
      {"CONTEXT=SEARCH", "SEARCH RETURN (UPDATE) ALL"},
      {"CONTEXT=SORT", "SORT RETURN (UPDATE) (DATE) UTF-8 ALL"},
      {"CREATE-SPECIAL-USE", "CREATE z (USE (\\Junk))"},
      {"ENABLE", "ENABLE CONDSTORE"},
      {"ESEARCH", "SEARCH RETURN (ALL) ALL"},
      {"ESORT", "SORT RETURN (COUNT) (DATE) UTF-8 ALL"},
      {"FILTERS", "SEARCH FILTER x"},
      {"I18NLEVEL=2", "COMPARATOR"},
      {"ID", "ID NIL"},
      {"IDLE", "IDLE"},
      {"LANGUAGE", "LANGUAGE"},
      {"LIST-EXTENDED", "LIST \"\" (a b)"},
      {"LIST-METADATA", "LIST \"\" * RETURN (METADATA (/shared/comment))"},
      {"LIST-MYRIGHTS", "LIST \"\" * RETURN (MYRIGHTS)"},
      {"LIST-STATUS", "LIST \"\" * RETURN (STATUS (MESSAGES))"},
      {"METADATA", "GETMETADATA INBOX /shared/comment"},
      {"MOVE", "MOVE 1 Trash"},
      {"MULTIAPPEND", "APPEND INBOX {1+}\r\nx {1+}\r\ny"},
      {"MULTISEARCH", "ESEARCH IN (personal) ALL"},
      {"NAMESPACE", "NAMESPACE"},
      {"NOTIFY", "NOTIFY NONE"},
      {"OBJECTID", "FETCH 1 EMAILID"},
      {"PARTIAL", "UID FETCH 1:* UID (PARTIAL 1:1)"},
      {"PREVIEW", "FETCH 1 PREVIEW"},
      {"QUOTA", "GETQUOTAROOT INBOX"},
      {"QUOTASET", "SETQUOTA \"\" (STORAGE 1)"},
      {"REPLACE", "REPLACE 1 INBOX {1+}\r\nx"},
      {"SAVEDATE", "FETCH 1 SAVEDATE"},
      {"SEARCH=FUZZY", "SEARCH FUZZY SUBJECT x"},
      {"SEARCHRES", "SEARCH RETURN (SAVE) ALL"},
      {"SORT", "SORT (DATE) UTF-8 ALL"},
      {"SORT=DISPLAY", "SORT (DISPLAYFROM) UTF-8 ALL"},
      {"SPECIAL-USE", "LIST (SPECIAL-USE) \"\" *"},
      {"STATUS=SIZE", "STATUS INBOX (SIZE)"},
      {"THREAD=ORDEREDSUBJECT", "THREAD ORDEREDSUBJECT UTF-8 ALL"},
      {"THREAD=REFERENCES", "THREAD REFERENCES UTF-8 ALL"},
      {"THREAD=REFS", "THREAD REFS UTF-8 ALL"},
      {"UIDBATCHES", "UIDBATCHES 500"},
      {"UIDPLUS", "UID EXPUNGE 1"},
      {"UNAUTHENTICATE", "UNAUTHENTICATE"},
      {"UNSELECT", "UNSELECT"},
      {"URLAUTH", "RESETKEY"},
      {"WITHIN", "SEARCH YOUNGER 10"},
  };
  for (const auto& [name, command] : kUses) {
    deliver("INBOX", 1);
    const std::string input = "1 SELECT INBOX\r\n2 " + std::string(command) + "\r\n";
    settings_.disabled = {};
    const std::string on = say_logged_in(input);
    EXPECT_EQ(on.find("\r\n2 BAD "), std::string::npos) << on;
    disable(name);
    const std::string off = say_logged_in(input);
    EXPECT_NE(off.find("\r\n2 BAD "), std::string::npos) << name << ": " << off;
  }
}

// RFC 5161 3.1: what is not known is not enabled.
TEST_F(Capabilities, that_are_off_cannot_be_enabled) {
  for (const char* name : {"IMAP4rev2", "CONDSTORE", "QRESYNC", "UIDONLY", "UTF8=ACCEPT"}) {
    const std::string input = "1 ENABLE " + std::string(name) + "\r\n";
    settings_.disabled = {};
    EXPECT_NE(say_logged_in(input), "* ENABLED\r\n1 OK ENABLE completed\r\n");
    disable(name);
    EXPECT_EQ(say_logged_in(input), "* ENABLED\r\n1 OK ENABLE completed\r\n");
  }
}

// RFC 7888 5: without LITERAL+ it is LITERAL-, with 4096 octets at most.
TEST_F(Capabilities, literal_minus_takes_the_place_of_literal_plus) {
  const std::string large = "1 LOGIN ann {5000+}\r\n" + std::string(5000, 'x') + "\r\n";
  EXPECT_EQ(say(large).find("literal"), std::string::npos);
  disable("LITERAL+");
  EXPECT_EQ(say(large + "2 NOOP\r\n"),
            "1 BAD literal too large to be sent unasked\r\n2 OK NOOP completed\r\n");
  EXPECT_NE(greeting_.find(" LITERAL- "), std::string::npos);
  EXPECT_NE(say("1 LOGIN ann {6+}\r\nsecret\r\n").find("1 OK"), std::string::npos);
  disable("LITERAL-");
  EXPECT_EQ(say("1 LOGIN ann {6+}\r\nsecret\r\n"),
            "1 BAD literal too large to be sent unasked\r\n");
  EXPECT_EQ(greeting_.find("LITERAL"), std::string::npos);
}

TEST_F(Capabilities, that_are_off_allow_no_mechanism) {
  disable("AUTH=PLAIN");
  EXPECT_EQ(say("1 AUTHENTICATE PLAIN =\r\n"),
            "1 NO [CANNOT] No such authentication mechanism\r\n");
  disable("SASL-IR");
  EXPECT_EQ(say("1 AUTHENTICATE LOGIN =\r\n").find("1 BAD"), 0U);
}

TEST_F(Capabilities, that_are_off_for_an_account_follow_its_setting) {
  EXPECT_TRUE(capabilities_of("IDLE, MOVE,NO-SUCH NOTIFY,,").contains(Capability::notify));
  EXPECT_EQ(capabilities_of(""), CapabilitySet());
  ASSERT_TRUE(store_->set_setting("ann", kDisabledCapabilities, "IDLE,NOTIFY"));
  const std::string output = say_logged_in("1 IDLE\r\n2 NOTIFY NONE\r\n");
  EXPECT_EQ(output, "1 BAD unknown command, at octet 3\r\n2 BAD unknown command, at octet 3\r\n");
  EXPECT_NE(greeting_.find(" IDLE "), std::string::npos);
  // It holds until the log-in ends (RFC 8437).
  EXPECT_NE(say_logged_in("1 UNAUTHENTICATE\r\n2 CAPABILITY\r\n").find(" IDLE "),
            std::string::npos);
}

// RFC 9738: "MESSAGELIMIT=2" and "SAVELIMIT=2"
TEST_F(Capabilities, message_limit_works_on_the_last_messages) {
  settings_.message_limit = 2;
  deliver("INBOX", 4);
  const std::string output = say_logged_in(
      "1 SELECT INBOX\r\n2 FETCH 1:* UID\r\n3 STORE 1:3 +FLAGS.SILENT (\\Seen)\r\n"
      "4 COPY 1:3 Sent\r\n5 UID FETCH 1:* UID (PARTIAL 1:3)\r\n6 FETCH 3:4 UID\r\n"
      "7 MOVE 1:* Sent\r\n");
  for (const char* expected :
       {"* 3 FETCH (UID 3)\r\n* 4 FETCH (UID 4)\r\n2 OK [MESSAGELIMIT 2 3] FETCH completed",
        "3 OK [MESSAGELIMIT 2 2] ", "4 NO [MESSAGELIMIT 2 2] ", "5 NO [MESSAGELIMIT 2] ",
        "6 OK FETCH completed", "7 OK [MESSAGELIMIT 2 3] "}) {
    EXPECT_NE(output.find(expected), std::string::npos) << expected << " in " << output;
  }
  EXPECT_NE(greeting_.find(" MESSAGELIMIT=2 "), std::string::npos);
}

TEST_F(Capabilities, message_limit_is_that_of_searches_expunges_and_appends) {
  settings_.message_limit = 2;
  deliver("INBOX", 4);
  const std::string output = say_logged_in(
      "1 SELECT INBOX\r\n2 SEARCH ALL\r\n3 UID SEARCH UID 1:2 ALL\r\n"
      "4 UID SEARCH UIDBEFORE 4 ALL\r\n5 SEARCH RETURN (SAVE COUNT) ALL\r\n6 FETCH $ UID\r\n"
      "7 SORT (ARRIVAL) UTF-8 ALL\r\n8 THREAD REFERENCES UTF-8 ALL\r\n"
      "9 THREAD REFERENCES UTF-8 1:2\r\n10 ESEARCH IN (PERSONAL) ALL\r\n");
  for (const char* expected :
       {"* SEARCH 3 4\r\n2 OK [MESSAGELIMIT 2 3] SEARCH completed",
        "* SEARCH 1 2\r\n3 OK UID SEARCH completed",
        "* SEARCH 2 3\r\n4 OK [MESSAGELIMIT 2 2] UID SEARCH", "COUNT 2\r\n5 OK [MESSAGELIMIT 2 3] ",
        "* 3 FETCH (UID 3)\r\n* 4 FETCH (UID 4)\r\n6 OK FETCH", "* SORT 1 2 3 4\r\n7 OK SORT",
        "8 NO [MESSAGELIMIT 2] ", "9 OK THREAD", "10 NO [MESSAGELIMIT 2] "}) {
    EXPECT_NE(output.find(expected), std::string::npos) << expected << " in " << output;
  }
  const std::string expunged = say_logged_in(
      "1 SELECT INBOX\r\n2 STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\n"
      "3 STORE 3:4 +FLAGS.SILENT (\\Deleted)\r\n4 UID EXPUNGE 1:3\r\n5 EXPUNGE\r\n");
  EXPECT_NE(expunged.find("* 3 EXPUNGE\r\n* 2 EXPUNGE\r\n4 OK [MESSAGELIMIT 2 2] UID EXPUNGE"),
            std::string::npos)
      << expunged;
  EXPECT_NE(expunged.find("* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n5 OK EXPUNGE"), std::string::npos)
      << expunged;
  const std::string two = " {1+}\r\nx {1+}\r\nx";
  EXPECT_NE(say_logged_in("1 APPEND INBOX" + two + "\r\n").find("1 OK [APPENDUID "),
            std::string::npos);
  EXPECT_EQ(say_logged_in("1 APPEND INBOX" + two + " {1+}\r\nx\r\n2 STATUS INBOX (MESSAGES)\r\n"),
            "1 NO [MESSAGELIMIT 2] Too many messages in one command\r\n"
            "* STATUS INBOX (MESSAGES 2)\r\n2 OK STATUS completed\r\n");
}

// A response has one code: HIGHESTMODSEQ and MODIFIED stay in the tagged one.
TEST_F(Capabilities, message_limit_stands_beside_other_codes) {
  settings_.message_limit = 2;
  deliver("INBOX", 3);
  const std::string output = say_logged_in(
      "0 ENABLE QRESYNC\r\n1 SELECT INBOX\r\n2 STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\n"
      "3 STORE 1:3 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\\Deleted)\r\n"
      "4 STORE 3 +FLAGS.SILENT (\\Deleted)\r\n5 UID EXPUNGE 1:3\r\n");
  for (const char* expected : {"* NO [MESSAGELIMIT 2 2] Not all\r\n3 OK [MODIFIED 2:3] ",
                               "* NO [MESSAGELIMIT 2 2] Not all\r\n* VANISHED 2:3\r\n"
                               "5 OK [HIGHESTMODSEQ "}) {
    EXPECT_NE(output.find(expected), std::string::npos) << expected << " in " << output;
  }
}

TEST_F(Capabilities, that_are_off_tell_nothing_unasked) {
  for (const char* name : {"UIDPLUS", "CHILDREN", "SPECIAL-USE", "OBJECTID", "URLAUTH"}) {
    disable(name);
  }
  EXPECT_EQ(say_logged_in("1 APPEND INBOX {1+}\r\nx\r\n"), "1 OK APPEND completed\r\n");
  const std::string output = say_logged_in(
      "1 SELECT INBOX\r\n2 COPY 1 Sent\r\n3 REPLACE 1 INBOX {1+}\r\ny\r\n4 MOVE 1 Trash\r\n"
      "5 LIST \"\" Sent\r\n6 LIST \"\" Sent RETURN (CHILDREN)\r\n"
      "7 LIST \"\" Sent RETURN (SPECIAL-USE)\r\n8 UID EXPUNGE 1\r\n");
  for (const char* code : {"APPENDUID", "COPYUID", "URLMECH", "MAILBOXID"}) {
    EXPECT_EQ(output.find(code), std::string::npos) << output;
  }
  for (const char* expected : {"2 OK COPY completed\r\n", "* 1 EXPUNGE\r\n4 OK MOVE completed\r\n",
                               "* LIST () \"/\" Sent\r\n5 OK",
                               "* LIST (\\HasNoChildren) \"/\" Sent\r\n6 OK", "7 BAD ", "8 BAD "}) {
    EXPECT_NE(output.find(expected), std::string::npos) << expected << " in " << output;
  }
}

TEST_F(Capabilities, save_limit_is_that_of_copy) {
  settings_.save_limit = 2;
  deliver("INBOX", 3);
  const std::string output =
      say_logged_in("1 SELECT INBOX\r\n2 FETCH 1:* UID\r\n3 COPY 1:* Sent\r\n4 COPY 2:* Sent\r\n");
  EXPECT_NE(output.find("\r\n2 OK FETCH completed"), std::string::npos) << output;
  EXPECT_NE(output.find("\r\n3 NO [MESSAGELIMIT 2 2] "), std::string::npos) << output;
  EXPECT_NE(output.find("\r\n4 OK [COPYUID "), std::string::npos) << output;
  EXPECT_NE(greeting_.find(" SAVELIMIT=2 "), std::string::npos);
}

}  // namespace
}  // namespace mailkeep::imap
