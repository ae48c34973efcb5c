#include "server/config/loader.h"

#include <fstream>

#include <gmock/gmock.h>

namespace mailkeep::server {

namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path kFile = "/etc/mailkeep/mailkeep.conf";

std::string error_of(const std::string& text) {
  try {
    load_config_text(text, kFile);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST(Loader, HasADefaultForEverything) {
  const Config config = load_config_text("", kFile);
  EXPECT_EQ(config.data_dir, "/var/lib/mailkeep");
  EXPECT_FALSE(config.hostname.empty());
  EXPECT_EQ(config.log_level, LogLevel::info);
  EXPECT_EQ(config.plaintext_without_tls, Config::Plaintext::loopback);
  EXPECT_EQ(config.failure_delay, milliseconds(500));
  EXPECT_EQ(config.login_timeout, milliseconds(60'000));
  EXPECT_EQ(config.idle_timeout, milliseconds(1'800'000));
  EXPECT_EQ(config.pop3_idle_timeout, milliseconds(600'000));
  EXPECT_EQ(config.write_timeout, milliseconds(60'000));
  EXPECT_EQ(config.stop_timeout, milliseconds(5'000));
  EXPECT_EQ(config.max_message_bytes, 256U << 20);
  EXPECT_EQ(config.max_connections, 20'000U);
  EXPECT_EQ(config.max_connections_per_address, 200U);
  EXPECT_EQ(config.max_bad_commands, 20U);
  EXPECT_EQ(config.io_threads, 0U);
  EXPECT_EQ(config.store_threads, 24U);
  EXPECT_EQ(config.open_accounts, 256U);
  EXPECT_THAT(config.warnings, ElementsAre(HasSubstr("nothing is served")));
}

TEST(Loader, ReadsAWholeFile) {
  const Config config = load_config_text(R"(
# a comment
data-dir = data          ; relative to this file
hostname = mail.example.org
log-level = debug
run-as = mailkeep

[imap]
listen = 127.0.0.1:143
listen = [::1]:1143
listen = unix:/run/mailkeep/imap
[imaps]
listen=*:993
[pop3]
listen = localhost:110
[pop3s]
  listen   =   192.0.2.1:995
[tls]
certificate = tls/one.pem
key = tls/one.key
[tls]
key = /two.key
certificate = /two.pem
[auth]
plaintext-without-tls = never
failure-delay = 0
[limits]
max-message-size = 64M
idle-timeout = 45m
)",
                                         kFile);
  EXPECT_EQ(config.data_dir, "/etc/mailkeep/data");
  EXPECT_EQ(config.hostname, "mail.example.org");
  EXPECT_EQ(config.log_level, LogLevel::debug);
  EXPECT_EQ(config.run_as, "mailkeep");
  EXPECT_THAT(config.imap,
              ElementsAre(net::Endpoint{"127.0.0.1", 143, ""}, net::Endpoint{"::1", 1143, ""},
                          net::Endpoint{"", 0, "/run/mailkeep/imap"}));
  EXPECT_THAT(config.imaps, ElementsAre(net::Endpoint{"", 993, ""}));
  EXPECT_THAT(config.pop3, ElementsAre(net::Endpoint{"localhost", 110, ""}));
  EXPECT_THAT(config.pop3s, ElementsAre(net::Endpoint{"192.0.2.1", 995, ""}));
  EXPECT_THAT(config.tls, ElementsAre(net::TlsIdentity{"/etc/mailkeep/tls/one.pem",
                                                       "/etc/mailkeep/tls/one.key"},
                                      net::TlsIdentity{"/two.pem", "/two.key"}));
  EXPECT_EQ(config.plaintext_without_tls, Config::Plaintext::never);
  EXPECT_EQ(config.failure_delay, milliseconds(0));
  EXPECT_EQ(config.max_message_bytes, 64U << 20);
  EXPECT_EQ(config.idle_timeout, milliseconds(2'700'000));
  EXPECT_THAT(config.warnings, ElementsAre());
}

TEST(Loader, PrefersTheCommandLine) {
  const Config config = load_config_text(
      "data-dir = /file\n[imap]\nlisten = *:143\nlisten = *:1143\n", kFile,
      {{"data-dir", "/line"}, {"imap.listen", "127.0.0.1:0"}, {"limits.io-threads", "3"}});
  EXPECT_EQ(config.data_dir, "/line");
  EXPECT_THAT(config.imap, ElementsAre(net::Endpoint{"127.0.0.1", 0, ""}));
  EXPECT_EQ(config.io_threads, 3U);
}

TEST(Loader, SaysWhichKeyIsUnknownAndWhatWasMeant) {
  EXPECT_EQ(error_of("\n[imap]\nlistne = *:143\n"),
            "/etc/mailkeep/mailkeep.conf:3: unknown key \"listne\" in [imap]; did you mean "
            "\"listen\"? Valid keys here: listen, disable-capability, "
            "share-with-anyone, administrator, submission-user, message-limit, save-limit");
  EXPECT_EQ(error_of("[tls]\nmax-connections = 5\n"),
            "/etc/mailkeep/mailkeep.conf:2: unknown key \"max-connections\" in [tls]; it belongs "
            "in [limits]. Valid keys here: certificate, key");
  EXPECT_EQ(error_of("colour = red\n"),
            "/etc/mailkeep/mailkeep.conf:1: unknown key \"colour\" before the first section. "
            "Valid keys here: data-dir, hostname, log-level, run-as");
}

TEST(Loader, SaysWhichSectionIsUnknown) {
  EXPECT_EQ(
      error_of("[imapss]\nlisten = *:993\n"),
      "/etc/mailkeep/mailkeep.conf:2: unknown section [imapss]; did you mean [imaps]? Valid "
      "sections: imap, imaps, pop3s, lmtp, socketmap, tls, limits, retention, search, pop3, auth, "
      "oauth, ldap, auth-service, migrate");
}

TEST(Loader, TheOldServerIsAskedLastAndMustBeNamed) {
  const std::string from = "[migrate]\nfrom = imaps://old.example.org\n";
  const Config config =
      load_config_text("[auth]\nsource = accounts\nsource = migrate\n" + from, kFile);
  EXPECT_EQ(config.migrate_from, "imaps://old.example.org");
  EXPECT_EQ(config.migrate_user_name, "%u");
  EXPECT_EQ(config.migrate_accounts, 2U);
  EXPECT_THAT(error_of("[auth]\nsource = accounts\nsource = migrate\n"),
              HasSubstr("needs from = URL in [migrate]"));
  for (const char* const sources :
       {"source = migrate\n", "source = migrate\nsource = accounts\n"}) {
    EXPECT_THAT(error_of("[auth]\n" + std::string(sources) + from),
                HasSubstr("must be the last, after source = accounts"));
  }
  EXPECT_THAT(error_of("[auth]\nsource = accounts\nsource = ldap\nsource = migrate\n"
                       "[ldap]\nurl = ldaps://x\nbind-name = uid=%n\n" +
                       from),
              HasSubstr("does not go with source = ldap"));
  EXPECT_THAT(error_of("[migrate]\nfrom = pop3s://x\n"), HasSubstr("is not an imaps://"));
  EXPECT_THAT(error_of("[migrate]\nfrom = imaps://ann@x\n"), HasSubstr("has a user"));
  EXPECT_THAT(error_of("[migrate]\npop3 = imaps://x\n"), HasSubstr("is not a pop3s://"));
  EXPECT_THAT(error_of("[migrate]\npop3 = pop3s://ann@x\n"), HasSubstr("has a user"));
  EXPECT_THAT(error_of("[migrate]\nuser-name = admin\n"), HasSubstr("has neither %u nor %n"));
}

TEST(Loader, TheTextIndexIsOnOrOff) {
  EXPECT_TRUE(load_config_text("", kFile).text_index);
  EXPECT_FALSE(load_config_text("[search]\ntext-index = off\n", kFile).text_index);
  EXPECT_THAT(error_of("[search]\ntext-index = maybe\n"), HasSubstr("is none of: on, off"));
}

TEST(Loader, SaysWhatIsWrongWithAValue) {
  EXPECT_EQ(error_of("log-level = loud\n"),
            "/etc/mailkeep/mailkeep.conf:1: log-level = loud: \"loud\" is none of: error, warning, "
            "info, debug");
  EXPECT_EQ(error_of("[imap]\nlisten = *:143\nlisten = 143\n"),
            "/etc/mailkeep/mailkeep.conf:3: listen = 143: \"143\" is not ADDRESS:PORT "
            "(127.0.0.1:143, [::1]:143, *:143) or unix:/PATH");
  EXPECT_THAT(error_of("[limits]\nidle-timeout = soon\n"), HasSubstr(":2: idle-timeout = soon: "));
  EXPECT_THAT(error_of("[limits]\nidle-timeout = 10ms\n"), HasSubstr("is too short (at least 1s)"));
  EXPECT_THAT(error_of("[auth]\nplaintext-without-tls = sometimes\n"),
              HasSubstr("is none of: never, loopback, always"));
}

TEST(Loader, SaysWhatIsWrongWithAValueOfTheCommandLine) {
  try {
    load_config_text("", kFile, {{"limits.max-message-size", "big"}});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--limits.max-message-size: \"big\" is not a size"));
  }
}

TEST(Loader, RefusesLinesThatAreNothing) {
  EXPECT_EQ(error_of("[imap]\nlisten\n"),
            "/etc/mailkeep/mailkeep.conf:2: \"listen\" is neither a [section] nor KEY = VALUE");
  EXPECT_THAT(error_of("[imap\n"), HasSubstr(":1: \"[imap\""));
  EXPECT_THAT(error_of("= 5\n"), HasSubstr(":1: \"= 5\""));
}

TEST(Loader, RefusesASettingGivenTwice) {
  EXPECT_EQ(error_of("hostname = a\nhostname = b\n"),
            "/etc/mailkeep/mailkeep.conf:2: \"hostname\" before the first section was given "
            "before, in line 1");
}

TEST(Loader, WantsBothHalvesOfATlsSection) {
  EXPECT_EQ(error_of("[tls]\ncertificate = a\n"),
            "/etc/mailkeep/mailkeep.conf:2: this [tls] section has a certificate but no key");
  EXPECT_EQ(error_of("[tls]\ncertificate = a\nkey = b\n[tls]\nkey = c\n"),
            "/etc/mailkeep/mailkeep.conf:5: this [tls] section has a key but no certificate");
  EXPECT_THAT(error_of("[tls]\ncertificate = a\ncertificate = b\nkey = c\n"),
              HasSubstr(":3: \"certificate\" is given twice in one [tls] section"));
}

TEST(Loader, WantsACertificateForTls) {
  EXPECT_EQ(error_of("[pop3s]\nlisten = *:995\n"),
            "/etc/mailkeep/mailkeep.conf: [pop3s] needs TLS: give a [tls] section with certificate "
            "and key");
}

TEST(Loader, WarnsOfWhatIsProbablyNotMeant) {
  EXPECT_THAT(load_config_text("[lmtp]\nlisten = *:24\nlisten = 127.0.0.1:24\n", kFile).warnings,
              ElementsAre(HasSubstr("*:24: everybody who can connect there can deliver mail")));
  EXPECT_THAT(
      load_config_text("[imap]\nlisten=*:143\n[auth]\nplaintext-without-tls=never", kFile).warnings,
      ElementsAre(HasSubstr("nobody can log in")));
}

TEST(Loader, SaysThatTheFileIsMissing) {
  CommandLine line;
  line.config_file = "/nowhere/mailkeep.conf";
  try {
    load_config(line);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "/nowhere/mailkeep.conf: No such file or directory");
  }
}

TEST(CommandLine, TakesTheCommonOptionsAnywhere) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--config", "f", "user", "add", "ann", "--password-stdin"},
        {"user", "--config=f", "add", "ann", "--password-stdin"},
        {"user", "add", "ann", "--password-stdin", "-c", "f"},
        {"user", "add", "ann", "--password-stdin", "-cf"}}) {
    const CommandLine line = parse_command_line(arguments);
    EXPECT_EQ(line.config_file, "f");
    EXPECT_THAT(line.words, ElementsAre("user", "add", "ann", "--password-stdin"));
  }
}

TEST(CommandLine, LeavesOptionsOfCommandsInPlace) {
  const CommandLine line = parse_command_line({"import", "ann", "--mailbox", "Old mail", "a.mbox",
                                               "--data", "--limits.io-threads=2", "-n"});
  EXPECT_THAT(line.words,
              ElementsAre("import", "ann", "--mailbox", "Old mail", "a.mbox", "--data", "-n"));
  EXPECT_THAT(line.settings,
              ElementsAre(std::pair<std::string, std::string>("limits.io-threads", "2")));
}

TEST(CommandLine, RefusesAnOptionWithoutItsValue) {
  EXPECT_THROW(parse_command_line({"serve", "--config"}), UsageError);
}

TEST(CommandLine, KnowsHelpAndVersion) {
  EXPECT_TRUE(parse_command_line({"--help"}).help);
  EXPECT_TRUE(parse_command_line({"-h"}).help);
  EXPECT_TRUE(parse_command_line({"--version"}).version);
  EXPECT_THAT(describe_options(), HasSubstr("--imap.listen ADDRESS"));
}

}  // namespace

}  // namespace mailkeep::server
