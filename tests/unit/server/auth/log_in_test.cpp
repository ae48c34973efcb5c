#include <gmock/gmock.h>

#include "protocol/sasl/base64.h"
#include "server/auth/apop.h"
#include "server/session_log.h"
#include "store/account.h"
#include "tests/unit/server/auth/log_in_fixture.h"

namespace mailkeep::server {

std::string LogInTest::words(const protocol::LoginResult& result) {
  return result ? "ok " + (*result)->name() : std::string(describe(result.error()));
}

namespace {

using sasl::Action;
using store::ScramHash;

const protocol::LoginOrigin kImap{"imap", "TEST", "192.0.2.1:1", true};

TEST_F(LogInTest, AppPasswordsWorkBesideTheAccountsOwn) {
  add_app_password("phone", "abcd-efgh");
  EXPECT_EQ(log_in("ann", "abcd-efgh"), "ok ann");
  EXPECT_EQ(details_.back(), "app password phone");
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  EXPECT_EQ(log_in("ann", "abcd-efgi"), "refused");
}

TEST_F(LogInTest, AppPasswordsAreGoodForTheirProtocolsAndTime) {
  add_app_password("mail", "one", 0, "pop3 smtp");
  add_app_password("old", "two", 1000);
  EXPECT_EQ(log_in("ann", "one"), "refused");
  EXPECT_EQ(log_in("ann", "one", "", {"smtp", "PLAIN", "192.0.2.1:1", true}), "ok ann");
  EXPECT_EQ(log_in("ann", "two"), "refused");
}

TEST_F(LogInTest, AnAppPasswordThatIsTakenBackIsRefusedAtOnce) {
  add_app_password("phone", "one");
  EXPECT_EQ(log_in("ann", "one"), "ok ann");
  EXPECT_EQ(log_in("ann", "one"), "ok ann");
  EXPECT_TRUE(credentials_->remove_app_password("ann", "phone").value());
  EXPECT_EQ(log_in("ann", "one"), "refused");
}

TEST_F(LogInTest, MasterUsersLogInAsOthers) {
  add("admin", "master");
  options_.masters = {"admin"};
  EXPECT_EQ(log_in("ann*admin", "master"), "ok ann");
  EXPECT_EQ(details_.back(), "by master user admin");
  EXPECT_EQ(log_in("admin", "master", "ann"), "ok ann");
  EXPECT_EQ(log_in("admin", "master"), "ok admin");
  EXPECT_EQ(log_in("ann*admin", "secret"), "refused");
  EXPECT_EQ(log_in("admin*ann", "secret"), "refused");
  EXPECT_EQ(log_in("nobody*admin", "master"), "refused");
  EXPECT_EQ(log_in("ann", "secret", "admin"), "refused");
}

TEST_F(LogInTest, MasterUsersNeedTheirOwnPasswordAndMayBeSuspended) {
  options_.masters = {"ann"};
  add("bob", "other");
  add_app_password("phone", "one");
  EXPECT_EQ(log_in("ann", "one"), "ok ann");
  EXPECT_EQ(log_in("bob*ann", "one"), "refused");
  EXPECT_EQ(log_in("bob*ann", "secret"), "ok bob");
  ASSERT_TRUE(credentials_->set_suspended("ann", true));
  EXPECT_EQ(log_in("bob*ann", "secret"), "refused");
}

TEST_F(LogInTest, SuspendedAccountsAreToldSoAfterTheirPassword) {
  ASSERT_TRUE(credentials_->set_suspended("ann", true));
  EXPECT_EQ(log_in("ann", "secret"), "account suspended");
  EXPECT_EQ(log_in("ann", "wrong"), "refused");
  ASSERT_TRUE(credentials_->set_suspended("ann", false));
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  EXPECT_FALSE(credentials_->set_suspended("nobody", true));
}

TEST_F(LogInTest, WhoGuessesTooOftenMayNotTryForAWhile) {
  GuessLimits limits;
  limits.of_account = 3;
  limits.of_network = 6;
  limiter_ = std::make_unique<GuessLimiter>(*logins_, limits);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(log_in("ann", "wrong"), "refused");
  EXPECT_EQ(log_in("ann", "secret"), "blocked");
  const auto from = [this](const char* peer, const char* name) {
    return log_in(name, "secret", "", {"imap", "PLAIN", peer, true});
  };
  EXPECT_EQ(from("192.0.2.2:1", "ann"), "ok ann");  // others there still may
  for (int i = 0; i < 3; ++i) EXPECT_EQ(from("192.0.2.3:1", "nobody"), "refused");
  EXPECT_EQ(from("192.0.2.4:1", "ann"), "blocked");  // the whole network
  EXPECT_EQ(from("198.51.100.1:1", "ann"), "ok ann");
  EXPECT_EQ(from("unix", "ann"), "ok ann");
}

TEST_F(LogInTest, ARestartForgetsNothingAndAnAdministratorCanUnblock) {
  GuessLimits limits;
  limits.of_account = 1;
  limiter_ = std::make_unique<GuessLimiter>(*logins_, limits);
  EXPECT_EQ(log_in("ann", "wrong"), "refused");
  authenticator_.reset();
  logins_ = std::make_unique<store::Logins>(directory_);
  limiter_ = std::make_unique<GuessLimiter>(*logins_, limits);
  EXPECT_EQ(log_in("ann", "secret"), "blocked");
  store::Logins other_process(directory_);
  EXPECT_EQ(other_process.unblock("ann"), 1);
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
}

TEST_F(LogInTest, ALogInIsNotCountedAsAGuess) {
  GuessLimits limits;
  limits.of_account = 2;
  limiter_ = std::make_unique<GuessLimiter>(*logins_, limits);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(log_in("ann", "wrong"), "refused");
    EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  }
}

TEST_F(LogInTest, TheJournalHasSuccessesAndFailuresOfAccounts) {
  log_in("ann", "secret");
  log_in("ann", "wrong");
  log_in("nobody", "wrong");
  journal_.write_to(*logins_);
  const auto rows = logins_->of("ann");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].outcome, "refused: wrong password");
  EXPECT_EQ(rows[1].outcome, "ok");
  EXPECT_EQ(rows[1].peer, "192.0.2.1:1");
  EXPECT_TRUE(logins_->of("nobody").empty());
}

TEST_F(LogInTest, OtherSourcesAreAskedInTheirOrder) {
  KnownPasswords first;
  KnownPasswords second;
  first.users = {{"bob", "one"}};
  second.users = {{"bob", "two"}, {"eve", "three"}};
  sources_ = {nullptr, &first, &second};
  ASSERT_TRUE(store_->create_account("bob", {}));
  ASSERT_TRUE(store_->create_account("eve", {}));
  EXPECT_EQ(log_in("bob", "one"), "ok bob");
  EXPECT_EQ(log_in("bob", "two"), "refused");  // who knows the name decides
  EXPECT_EQ(log_in("eve", "three"), "ok eve");
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  EXPECT_EQ(log_in("ann", "wrong"), "refused");
  EXPECT_FALSE(authenticator().offers("SCRAM-SHA-256"));
}

TEST_F(LogInTest, AccountsAreNotAskedWhereTheyAreNoSource) {
  KnownPasswords source;
  source.users = {{"ann", "theirs"}};
  sources_ = {&source};
  EXPECT_EQ(log_in("ann", "theirs"), "ok ann");
  EXPECT_EQ(log_in("ann", "secret"), "refused");
}

TEST_F(LogInTest, ASourceThatIsDownMakesLogInsUnavailableNotRefused) {
  KnownPasswords source;
  source.broken = true;
  sources_ = {nullptr, &source};
  ASSERT_TRUE(store_->create_account("bob", {}));
  EXPECT_EQ(log_in("bob", "x"), "unavailable");
  EXPECT_EQ(details_.back(), "out of order");
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
}

TEST_F(LogInTest, APasswordFromACopyBecomesTheAccountsOwn) {
  KnownPasswords source;
  source.copy = true;
  source.users = {{"bob", "one"}, {"new", "two"}};
  sources_ = {nullptr, &source};
  ASSERT_TRUE(store_->create_account("bob", {}));
  EXPECT_EQ(log_in("bob", "one"), "ok bob");
  EXPECT_TRUE(sasl::verify_password(store_->password_of("bob").value(), "one"));
  const int asked = source.asked;
  EXPECT_EQ(log_in("bob", "one"), "ok bob");
  EXPECT_EQ(source.asked, asked);
  EXPECT_EQ(log_in("new", "two"), "refused");
}

TEST_F(LogInTest, AccountsAreMadeForNamesThatASourceKnows) {
  KnownPasswords source;
  source.users = {{"new", "two"}};
  sources_ = {&source};
  options_.creates_accounts = true;
  EXPECT_EQ(log_in("new", "wrong"), "refused");
  EXPECT_FALSE(store_->find_account("new"));
  EXPECT_EQ(log_in("New", "two"), "ok new");
  EXPECT_EQ(store_->password_of("new")->iterations, 0U);  // it stays the source's
}

TEST_F(LogInTest, KeysOfOtherHashesAreMadeWhenThePasswordIsShown) {
  ASSERT_TRUE(store_->create_account("old", sasl::make_record("pw", "salt", 4096)));
  EXPECT_FALSE(authenticator().offers("SCRAM-SHA-512"));
  EXPECT_FALSE(authenticator().offers("SCRAM-SHA-1-PLUS"));
  EXPECT_TRUE(authenticator().offers("SCRAM-SHA-256-PLUS"));
  EXPECT_EQ(log_in("old", "pw"), "ok old");
  EXPECT_EQ(store_->password_of("old")->others.size(), 2U);
  authenticator().refresh();
  EXPECT_TRUE(authenticator().offers("SCRAM-SHA-512"));
  EXPECT_TRUE(authenticator().offers("SCRAM-SHA-1"));
}

TEST_F(LogInTest, DisabledMechanismsAreNotOfferedNorPreparedFor) {
  options_.disabled_mechanisms = {"LOGIN", "SCRAM-SHA-1"};
  ASSERT_TRUE(store_->create_account("old", sasl::make_record("pw", "salt", 4096)));
  EXPECT_FALSE(authenticator().offers("LOGIN"));
  EXPECT_TRUE(authenticator().offers("PLAIN"));
  EXPECT_EQ(log_in("old", "pw"), "ok old");
  const auto record = store_->password_of("old");
  ASSERT_EQ(record->others.size(), 1U);
  EXPECT_EQ(record->others.front().hash, ScramHash::sha512);
}

TEST_F(LogInTest, ScramKeysOfNobodyAreTheSameEachTimeAndLookLikeSomebodys) {
  const auto keys = [this](const char* name, ScramHash hash = ScramHash::sha256) {
    return run(authenticator().find_keys(name, hash, kImap)).value();
  };
  const auto nobody = keys("nobody");
  EXPECT_EQ(nobody.salt, keys("nobody").salt);
  EXPECT_NE(nobody.salt, keys("nobody2").salt);
  EXPECT_NE(nobody.salt, keys("nobody", ScramHash::sha512).salt);
  EXPECT_EQ(nobody.salt.size(), keys("ann").salt.size());
  EXPECT_EQ(nobody.iterations, keys("ann").iterations);
  EXPECT_TRUE(nobody.candidates.empty());
  EXPECT_EQ(keys("ann", ScramHash::sha1).candidates.size(), 1U);
  authenticator_.reset();
  credentials_ = std::make_unique<store::Credentials>(directory_);
  EXPECT_EQ(nobody.salt, keys("nobody").salt);  // after a restart too
}

TEST_F(LogInTest, AProofOpensTheAccountItIsOf) {
  Action action{.kind = Action::Kind::proof, .name = "ann", .proved = true};
  EXPECT_EQ(words(run(authenticator().conclude(action, kImap))), "ok ann");
  action.proved = false;
  EXPECT_EQ(words(run(authenticator().conclude(action, kImap))), "refused");
  action.proved = true;
  action.authorization = "bob";
  EXPECT_EQ(words(run(authenticator().conclude(action, kImap))), "refused");
}

TEST_F(LogInTest, CertificatesAreForTheAccountOfTheirNameOrTheMaps) {
  options_.external = true;
  options_.certificates = {{"sha256:00ff", "ann"}};
  add("eve@example.org", "x");
  const auto with = [this](std::vector<std::string> names, const std::string& wanted = "") {
    const Action action{
        .kind = Action::Kind::certificate, .authorization = wanted, .names = std::move(names)};
    return words(run(authenticator().conclude(action, kImap)));
  };
  EXPECT_EQ(with({"sha256:00ff", "cn:Somebody"}), "ok ann");
  EXPECT_EQ(with({"sha256:11", "email:Eve@Example.org"}), "ok eve@example.org");
  EXPECT_EQ(with({"cn:ann"}, "ann"), "ok ann");
  EXPECT_EQ(with({"cn:ann"}, "eve@example.org"), "refused");
  EXPECT_EQ(with({"dns:ann"}), "refused");
  EXPECT_EQ(with({"cn:nobody"}), "refused");
  EXPECT_EQ(with({}), "refused");
}

TEST_F(LogInTest, AnonymousIsOffUntilAnAccountIsNamed) {
  EXPECT_FALSE(authenticator().offers("ANONYMOUS"));
  authenticator_.reset();
  options_.anonymous = "ann";
  EXPECT_TRUE(authenticator().offers("ANONYMOUS"));
  const Action action{.kind = Action::Kind::anonymous, .text = "guest"};
  EXPECT_EQ(words(run(authenticator().conclude(action, kImap))), "ok ann");
}

TEST_F(LogInTest, ApopNeedsItsOwnSecret) {
  const auto digest = [this](const std::string& value) {
    return words(run(authenticator().check_digest("ann", "<1@x>", value, kImap)));
  };
  EXPECT_EQ(digest(apop_digest("<1@x>", "")), "refused");
  ASSERT_TRUE(store_->set_setting("ann", kApopSecret, "tanstaaf"));
  EXPECT_EQ(digest(apop_digest("<1@x>", "tanstaaf")), "ok ann");
  EXPECT_EQ(digest(apop_digest("<2@x>", "tanstaaf")), "refused");
}

TEST(Apop, IsTheRfcsDigest) {  // RFC 1939 7
  EXPECT_EQ(apop_digest("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf"),
            "c4c9334bac560ecc979e58001b3e22fb");
}

class FixedTokens : public TokenChecker {
 public:
  TokenVerdict check(std::string_view token, std::int64_t) override {
    if (token == "down") return {.unavailable = true, .detail = "no answer"};
    return {.valid = token == "good", .name = "Ann", .detail = token == "good" ? "" : "bad"};
  }
};

TEST_F(LogInTest, TokensOpenTheAccountTheyAreFor) {
  EXPECT_FALSE(authenticator().offers("OAUTHBEARER"));
  authenticator_.reset();
  tokens_ = std::make_unique<FixedTokens>();
  EXPECT_TRUE(authenticator().offers("XOAUTH2"));
  const auto with = [this](const std::string& token, const std::string& name) {
    Action action{.kind = Action::Kind::token, .secret = token, .authorization = name};
    return words(run(authenticator().conclude(std::move(action), kImap)));
  };
  EXPECT_EQ(with("good", ""), "ok ann");
  EXPECT_EQ(with("good", "ann"), "ok ann");
  EXPECT_EQ(with("good", "bob"), "refused");
  EXPECT_EQ(with("evil", "ann"), "refused");
  EXPECT_EQ(with("down", "ann"), "unavailable");
}

}  // namespace
}  // namespace mailkeep::server
