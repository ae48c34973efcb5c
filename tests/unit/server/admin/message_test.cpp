#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "mime/message_parser.h"
#include "server/admin/message_report.h"
#include "server/exit_code.h"
#include "tests/unit/server/admin/admin_fixture.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;

constexpr const char* kBroken =
    "From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    "--x\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/alternative; "
    "boundary=y\r\n\r\n--y\r\n\r\nhello\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>\r\n--y--\r\n"
    "--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment; filename=\"=?utf-8?q?p=C3=AFc?=.png\"\r\n\r\n!!!!\r\n";
constexpr const char* kSound = "From: a@b\r\nSubject: x\r\n\r\nhi\r\n";

class MessageCommands : public AdminTest {
 protected:
  MessageCommands() {
    add_account("ann");
    deliver("ann", "INBOX", {kSound, kBroken});
  }
};

TEST_F(MessageCommands, ExplainDrawsTheTreeOfAFileAndNamesItsDefects) {
  EXPECT_EQ(run({"message", "explain", write_file("m.eml", kBroken)}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("6 parts, 2 defects"));
  EXPECT_THAT(out(), HasSubstr("├─ 1  message/rfc822"));
  EXPECT_THAT(out(), HasSubstr("│  └─ multipart/alternative"));
  EXPECT_THAT(out(), HasSubstr("│     ├─ 1.1  text/plain"));
  EXPECT_THAT(out(), HasSubstr("└─ 2  image/png"));
  EXPECT_THAT(out(), HasSubstr("\"p\xc3\xaf"
                               "c.png\""));
  EXPECT_THAT(out(), HasSubstr("part 2: base64 content holds octets that are not base64; they are "
                               "passed over (invalid_base64)"));
  EXPECT_THAT(out(), HasSubstr("message: a multipart ends without its closing boundary line"));
}

TEST_F(MessageCommands, ExplainTakesAMessageOfAMailbox) {
  EXPECT_EQ(run({"message", "explain", "ann", "inbox", "2"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("ann inbox 2: "));
  EXPECT_THAT(out(), HasSubstr("2 defects"));
  EXPECT_EQ(run({"message", "explain", "ann", "INBOX", "3"}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("no message with UID 3"));
  EXPECT_EQ(run({"message", "explain", "ann", "Nowhere", "1"}), exit_code::failed);
  EXPECT_EQ(run({"message", "explain", "ann", "INBOX", "x"}), exit_code::usage);
  EXPECT_EQ(run({"message", "explain", "ann", "INBOX"}), exit_code::usage);
  EXPECT_EQ(run({"message", "explain", path("none.eml").string()}), exit_code::failed);
}

TEST_F(MessageCommands, ExplainAsJsonHasPartsAndDefects) {
  EXPECT_EQ(run({"message", "explain", "ann", "INBOX", "2", "--json"}), exit_code::ok) << err();
  const boost::json::value report = boost::json::parse(out());
  EXPECT_EQ(report.at("size").to_number<std::size_t>(), std::string_view(kBroken).size());
  EXPECT_EQ(report.at("parts").as_array().size(), 6U);
  EXPECT_EQ(report.at("parts").at(5).at("number"), "2");
  EXPECT_EQ(report.at("parts").at(5).at("body").at("octets").to_number<int>(), 6);
  EXPECT_EQ(report.at("defects").at(0).at("kind"), "invalid_base64");
  EXPECT_EQ(report.at("defects").at(1).at("kind"), "missing_closing_boundary");
}

TEST_F(MessageCommands, DefectsListsTheAffectedMessages) {
  EXPECT_EQ(run({"message", "defects", "ann"}), exit_code::ok) << err();
  EXPECT_EQ(out(),
            "INBOX 2: missing_closing_boundary,invalid_base64\n1 of 2 messages have defects\n");
  EXPECT_EQ(run({"message", "defects", "ann", "--json"}), exit_code::ok) << err();
  const boost::json::value list = boost::json::parse(out());
  ASSERT_EQ(list.as_array().size(), 1U);
  EXPECT_EQ(list.at(0).at("mailbox"), "INBOX");
  EXPECT_EQ(list.at(0).at("uid").to_number<int>(), 2);
  EXPECT_EQ(list.at(0).at("defects").as_array().size(), 2U);
  EXPECT_EQ(run({"message", "defects", "nobody"}), exit_code::failed);
}

TEST_F(MessageCommands, DefectsOfNoMessagesIsAnEmptyList) {
  add_account("bob");
  EXPECT_EQ(run({"message", "defects", "bob", "--json"}), exit_code::ok) << err();
  EXPECT_TRUE(boost::json::parse(out()).as_array().empty());
}

TEST_F(MessageCommands, NothingOfAMessageReachesTheTerminalAsItIs) {
  EXPECT_EQ(run({"message", "explain",
                 write_file("m.eml",
                            "Content-Type: te\x1b[31mxt/pl\x9b"
                            "ain; name=\"a\x07\xff\"\r\n\r\n")}),
            exit_code::ok);
  EXPECT_EQ(out().find('\x1b'), std::string::npos);
  EXPECT_EQ(out().find('\x07'), std::string::npos);
}

TEST(MessageReport, NumbersAreThoseOfTheParts) {
  const mime::Structure structure = mime::parse_message(kBroken);
  const std::vector<std::string> numbers = part_numbers(structure);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) {
    const bool inner_multipart = i == 2;
    EXPECT_EQ(numbers[i], inner_multipart ? "" : mime::part_number(structure, i)) << i;
  }
}

TEST_F(MessageCommands, ImportSaysHowManyMessagesHaveDefects) {
  EXPECT_EQ(run({"import", "ann", write_file("b.eml", kBroken), write_file("s.eml", kSound)}),
            exit_code::ok)
      << err();
  EXPECT_THAT(out(), HasSubstr("1 of them with defects"));
}

}  // namespace
}  // namespace mailkeep::server
