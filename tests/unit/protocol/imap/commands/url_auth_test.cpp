// URLs that authorize others (RFC 4467).
#include "protocol/imap/commands/url_auth.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class AuthorizedUrls : public DialogTest {
 protected:
  AuthorizedUrls() {
    EXPECT_TRUE(store_->create_account("bob", {}));
    bob_ = store_->open_account("bob").value();
    deliver("INBOX", 2);
  }
  ~AuthorizedUrls() override { bob_.reset(); }

  std::string bob_says(const std::string& input) {
    const auto ann = std::exchange(authenticator_.account, bob_);
    const std::string output = say_logged_in(input);
    authenticator_.account = ann;
    return output;
  }

  // Ann's URL with its token.
  std::string authorized(const std::string& rump) {
    const std::string output = say_logged_in("a GENURLAUTH \"" + rump + "\" INTERNAL\r\n");
    EXPECT_EQ(output.find("* GENURLAUTH \"" + rump + ":internal:01"), 0U) << output;
    const std::size_t begin = output.find('"') + 1;
    return output.substr(begin, output.find('"', begin) - begin);
  }
  static std::string fetch(const std::string& url) { return "a URLFETCH \"" + url + "\"\r\n"; }
  static std::string nothing(const std::string& url) {
    return "* URLFETCH \"" + url + "\" NIL\r\na OK URLFETCH completed\r\n";
  }
  static std::string text(const std::string& url, const std::string& octets) {
    return "* URLFETCH \"" + url + "\" {" + std::to_string(octets.size()) + "}\r\n" + octets +
           "\r\na OK URLFETCH completed\r\n";
  }

  static constexpr const char* kMessage = "imap://ann@localhost/INBOX/;UID=1";
  std::shared_ptr<store::Account> bob_;
};

TEST_F(AuthorizedUrls, give_their_octets_to_those_who_may) {
  const std::string url = authorized(std::string(kMessage) + "/;section=TEXT;urlauth=user+bob");
  EXPECT_EQ(bob_says(fetch(url)), text(url, "hi\r\n"));
  EXPECT_EQ(say_logged_in(fetch(url)), nothing(url));
  for (const char* access : {"authuser", "anonymous"}) {
    const std::string open = authorized(std::string(kMessage) + ";URLAUTH=" + access);
    EXPECT_EQ(bob_says(fetch(open)), text(open, "Subject: x\r\n\r\nhi\r\n"));
    EXPECT_EQ(say_logged_in(fetch(open)), text(open, "Subject: x\r\n\r\nhi\r\n"));
  }
}

TEST_F(AuthorizedUrls, for_submission_are_for_submission_users) {
  const std::string url = authorized(std::string(kMessage) + ";urlauth=submit+ann");
  EXPECT_EQ(bob_says(fetch(url)), nothing(url));
  settings_.submission_users = {"bob"};
  EXPECT_EQ(bob_says(fetch(url)), text(url, "Subject: x\r\n\r\nhi\r\n"));
}

TEST_F(AuthorizedUrls, for_users_are_not_for_the_anonymous) {
  const std::string users = authorized(std::string(kMessage) + ";urlauth=authuser");
  const std::string all = authorized(std::string(kMessage) + ";urlauth=anonymous");
  settings_.anonymous_account = "bob";
  EXPECT_EQ(bob_says(fetch(users)), nothing(users));
  EXPECT_EQ(bob_says(fetch(all)), text(all, "Subject: x\r\n\r\nhi\r\n"));
}

TEST_F(AuthorizedUrls, that_were_changed_give_nothing) {
  const std::string url = authorized(std::string(kMessage) + ";urlauth=anonymous");
  std::string other = url;
  other.replace(other.find("UID=1"), 5, "UID=2");
  std::string wrong = url;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  std::string part = url;
  part.replace(part.find(";urlauth"), 0, "/;section=TEXT");
  std::string upper = url;
  upper.replace(upper.find("localhost"), 9, "LOCALHOST");
  for (const std::string& bad :
       {other, wrong, part, upper, std::string(kMessage),
        std::string(kMessage) + ";urlauth=anonymous", url.substr(0, url.size() - 40),
        std::string("imap://ann@localhost/INBOX"), std::string("http://localhost/"),
        std::string("imap://localhost/INBOX/;UID=1"),
        std::string("imap://nobody@localhost/INBOX/;UID=1;urlauth=anonymous:internal:") +
            std::string(66, '0')}) {
    EXPECT_EQ(bob_says(fetch(bad)), nothing(bad)) << bad;
    EXPECT_EQ(say_logged_in(fetch(bad)), nothing(bad)) << bad;
  }
}

TEST_F(AuthorizedUrls, end_at_their_time) {
  const std::string past =
      authorized(std::string(kMessage) + ";EXPIRE=2001-01-01T00:00:00Z;URLAUTH=anonymous");
  EXPECT_EQ(bob_says(fetch(past)), nothing(past));
  const std::string future =
      authorized(std::string(kMessage) + ";EXPIRE=2999-01-01T00:00:00.5+01:00;URLAUTH=anonymous");
  EXPECT_EQ(bob_says(fetch(future)), text(future, "Subject: x\r\n\r\nhi\r\n"));
}

TEST_F(AuthorizedUrls, end_with_their_key) {
  const std::string first = authorized(std::string(kMessage) + ";urlauth=anonymous");
  EXPECT_EQ(say_logged_in("a RESETKEY Sent\r\n"), "a OK [URLMECH INTERNAL] RESETKEY completed\r\n");
  EXPECT_NE(bob_says(fetch(first)), nothing(first));
  say_logged_in("a RESETKEY INBOX INTERNAL\r\n");
  EXPECT_EQ(bob_says(fetch(first)), nothing(first));
  const std::string second = authorized(std::string(kMessage) + ";urlauth=anonymous");
  EXPECT_NE(second, first);
  bob_says("a RESETKEY\r\n");
  EXPECT_NE(bob_says(fetch(second)), nothing(second));
  EXPECT_EQ(say_logged_in("a RESETKEY\r\n"), "a OK RESETKEY completed\r\n");
  EXPECT_EQ(bob_says(fetch(second)), nothing(second));
}

// They give what their user may reach, no more, whoever fetches.
TEST_F(AuthorizedUrls, of_shared_mailboxes_follow_the_rights_of_their_user) {
  const auto box = bob_->create_mailbox("box").value();
  ASSERT_TRUE(bob_->set_access(box.id, "ann", "lr"));
  std::vector<store::NewMessage> messages;
  messages.push_back({bob_->begin_upload(), {}, {}});
  messages.back().upload.write("Subject: bobs\r\n\r\n");
  ASSERT_TRUE(bob_->append("box", std::move(messages)));
  const std::string url =
      authorized("imap://ann@localhost/Other%20Users/bob/box/;UID=1;urlauth=anonymous");
  EXPECT_EQ(bob_says(fetch(url)), text(url, "Subject: bobs\r\n\r\n"));
  ASSERT_TRUE(bob_->set_access(box.id, "ann", ""));
  EXPECT_EQ(bob_says(fetch(url)), nothing(url));
}

// Whatever is wrong, the text is the same.
TEST_F(AuthorizedUrls, of_others_are_refused_as_those_of_nothing) {
  const std::string refused = "a BAD No message of yours that a URL could be authorized for\r\n";
  for (const char* rump :
       {"imap://bob@localhost/INBOX/;UID=1;urlauth=anonymous",
        "imap://nobody@localhost/INBOX/;UID=1;urlauth=anonymous",
        "imap://ann@elsewhere.example/INBOX/;UID=1;urlauth=anonymous",
        "imap://ann@localhost/Other%20Users/bob/INBOX/;UID=1;urlauth=anonymous",
        "imap://ann@localhost/nothing/;UID=1;urlauth=anonymous",
        "imap://ann@localhost/INBOX/;UID=1;urlauth=user+",
        "imap://ann@localhost/INBOX/;UID=1;urlauth=somebody", "imap://ann@localhost/INBOX/;UID=1",
        "imap://localhost/INBOX/;UID=1;urlauth=anonymous",
        "imap://ann@localhost/INBOX;urlauth=anonymous", "/INBOX/;UID=1;urlauth=anonymous"}) {
    EXPECT_EQ(say_logged_in("a GENURLAUTH \"" + std::string(rump) + "\" INTERNAL\r\n"), refused)
        << rump;
  }
}

TEST_F(AuthorizedUrls, wrong_forms_are_refused_with_their_place) {
  std::string many = "URLFETCH";
  for (std::size_t i = 0; i <= kMaxUrls; ++i) many += " x";
  for (const std::string& wrong :
       {std::string("RESETKEY INBOX X-OTHER"), std::string("RESETKEY ("), std::string("GENURLAUTH"),
        std::string("GENURLAUTH x"), std::string("GENURLAUTH x OTHER"), std::string("URLFETCH"),
        std::string("URLFETCH ("), many}) {
    const std::string output = say_logged_in("a " + wrong + "\r\n");
    EXPECT_EQ(output.find("a BAD "), 0U) << output;
    EXPECT_NE(output.find(", at octet "), std::string::npos) << output;
  }
}

}  // namespace
}  // namespace mailkeep::imap
