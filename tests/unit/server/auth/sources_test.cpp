// The other sources of passwords: a passwd-file, PAM, names for a directory server.
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "server/auth/ldap_source.h"
#include "server/auth/pam_source.h"
#include "server/auth/passwd_file.h"

namespace mailkeep::server {
namespace {

using Answer = LoginSource::Answer;

class SourcesTest : public ::testing::Test {
 protected:
  SourcesTest() {
    std::string name = (std::filesystem::temp_directory_path() / "mailkeep-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~SourcesTest() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
    return directory_ / name;
  }

  Answer check(LoginSource& source, const std::string& name, const std::string& password,
               const std::string& peer = "192.0.2.1") {
    detail_.clear();
    return source.check(name, password, peer, detail_);
  }

  std::filesystem::path directory_;
  std::string detail_;
};

TEST_F(SourcesTest, PasswdFileReadsLinesAsDovecotHasThem) {
  PasswdFile file(
      write("passwd",
            "# users\n\nann@example.org:{PLAIN}one\n"
            "Bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=:1000:1000:Bob B:/home/bob:/bin/sh:x=y\n"
            "eve:$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA\r\n"
            "odd:{NOTHING}x\n"));
  EXPECT_EQ(check(file, "ann@example.org", "one"), Answer::right);
  EXPECT_EQ(check(file, "ann@example.org", "two"), Answer::wrong);
  EXPECT_EQ(check(file, "bob", "secret"), Answer::right);
  EXPECT_EQ(check(file, "eve", "secret"), Answer::right);
  EXPECT_EQ(check(file, "nobody", "secret"), Answer::unknown);
  EXPECT_EQ(check(file, "odd", "x"), Answer::wrong);
  EXPECT_NE(detail_.find("cannot be used"), std::string::npos);
}

TEST_F(SourcesTest, PasswdFileKeepsToNologinAndNetworks) {
  PasswdFile file(write("passwd",
                        "ann:{PLAIN}one::::::nologin\n"
                        "bob:{PLAIN}two::::::user=x allow_nets=192.0.2.0/24,2001:db8::/32\n"));
  EXPECT_EQ(check(file, "ann", "one"), Answer::wrong);
  EXPECT_EQ(check(file, "bob", "two", "192.0.2.77:4000"), Answer::right);
  EXPECT_EQ(check(file, "bob", "two", "[2001:db8::1]:4000"), Answer::right);
  EXPECT_EQ(check(file, "bob", "two", "198.51.100.1:4000"), Answer::wrong);
}

TEST_F(SourcesTest, PasswdFileIsReadAgainWhenItChanges) {
  PasswdFile file(write("passwd", "ann:{PLAIN}one\n"));
  EXPECT_EQ(check(file, "ann", "one"), Answer::right);
  write("passwd", "ann:{PLAIN}changed\n");
  EXPECT_EQ(check(file, "ann", "one"), Answer::wrong);
  EXPECT_EQ(check(file, "ann", "changed"), Answer::right);
  std::filesystem::remove(directory_ / "passwd");
  EXPECT_EQ(check(file, "ann", "changed"), Answer::unavailable);
  EXPECT_NE(detail_.find("passwd: "), std::string::npos);
}

TEST_F(SourcesTest, PamDecidesAsItsServiceSays) {
  write("yes", "auth required pam_permit.so\naccount required pam_permit.so\n");
  write("no", "auth required pam_deny.so\naccount required pam_permit.so\n");
  PamSource yes("yes", directory_);
  PamSource no("no", directory_);
  if (check(yes, "root", "x") != Answer::right) GTEST_SKIP() << "no PAM modules here: " << detail_;
  EXPECT_EQ(check(no, "root", "x"), Answer::wrong);
  EXPECT_EQ(check(yes, "root", std::string("a\0b", 3)), Answer::wrong);
}

TEST_F(SourcesTest, PamGivesThePasswordToItsModules) {
  const auto script = write("check", "#!/bin/sh\n[ \"$(tr -d '\\0')\" = right ]\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  write("exec", "auth required pam_exec.so quiet expose_authtok " + script.string() +
                    "\naccount required pam_permit.so\n");
  PamSource source("exec", directory_);
  if (check(source, "root", "right") != Answer::right) GTEST_SKIP() << detail_;
  EXPECT_EQ(check(source, "root", "wrong"), Answer::wrong);
}

TEST(LdapName, EscapesWhatIsSpecialInADn) {  // RFC 4514 2.4
  const std::string pattern = "uid=%n,ou=%d,dc=example";
  EXPECT_EQ(ldap_bind_name(pattern, "ann@example.org"), "uid=ann,ou=example.org,dc=example");
  EXPECT_EQ(ldap_bind_name("%u%%", "ann"), "ann%");
  EXPECT_EQ(ldap_bind_name("uid=%u", "a,b=c+\"\\<>;#"),
            "uid=a\\2cb\\3dc\\2b\\22\\5c\\3c\\3e\\3b\\23");
  EXPECT_EQ(ldap_bind_name("uid=%u", " a "), "uid=\\20a\\20");
  EXPECT_EQ(ldap_bind_name("uid=%n,ou=%d", "ann"), "uid=ann,ou=");
}

TEST_F(SourcesTest, ADirectoryServerThatIsNotThereIsUnavailable) {
  LdapOptions options;
  options.url = "ldapi://" + std::string("%2fnowhere%2fldapi");
  options.bind_name = "uid=%u";
  LdapSource source(options);
  EXPECT_EQ(check(source, "ann", "secret"), Answer::unavailable);
  EXPECT_TRUE(detail_.starts_with("ldap: ")) << detail_;
  EXPECT_EQ(check(source, "ann", ""), Answer::wrong);
}

}  // namespace
}  // namespace mailkeep::server
