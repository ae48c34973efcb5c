#include "server/run_as.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/admin/open_store.h"
#include "tests/unit/server/net/test_client.h"

namespace mailkeep::server {
namespace {

// Changes of rights last, so they happen in a child process.
class RunAsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
    // What is above the data directory must let the other user through.
    ::chmod(directory_.path().c_str(), 0755);
  }

  static uid_t owner_of(const std::filesystem::path& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_uid : 0;
  }

  net::TemporaryDirectory directory_;
};

TEST_F(RunAsTest, CommandsOfRootLeaveFilesThatBelongToTheUserOfTheServer) {
  Config config;
  config.data_dir = directory_.path() / "data";
  config.run_as = "nobody";
  EXPECT_EXIT(
      {
        open_store(config, MissingStore::create);
        const uid_t nobody = ::getpwnam("nobody")->pw_uid;
        const bool belongs = ::geteuid() == nobody && owner_of(config.data_dir) == nobody &&
                             owner_of(config.data_dir / "mailkeep.db") == nobody;
        std::_Exit(belongs ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(RunAsTest, AUserWhoIsNotThereIsNamed) {
  EXPECT_THROW(
      try { become_user("nobody-of-that-name"); } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "run-as: no user \"nobody-of-that-name\"");
        throw;
      },
      std::runtime_error);
}

}  // namespace
}  // namespace mailkeep::server
