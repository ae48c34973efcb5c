#include "server/auth/password_cache.h"

#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

using Clock = PasswordCache::Clock;
using std::chrono::seconds;

const Clock::time_point kFilled{seconds(1000)};

TEST(PasswordCache, KnowsWhatWasAddedAndNothingElse) {
  PasswordCache cache(10, seconds(60));
  const auto key = cache.key("ann", "secret", "key");
  EXPECT_FALSE(cache.contains(key, kFilled));
  cache.add(key, kFilled);
  EXPECT_TRUE(cache.contains(key, kFilled));
  EXPECT_FALSE(cache.contains(cache.key("ann", "secret ", "key"), kFilled));
  EXPECT_FALSE(cache.contains(cache.key("ann2", "secret", "key"), kFilled));
}

TEST(PasswordCache, AChangedPasswordIsNoticedAtOnce) {
  PasswordCache cache(10, seconds(60));
  cache.add(cache.key("ann", "secret", "key"), kFilled);
  EXPECT_FALSE(cache.contains(cache.key("ann", "secret", "other"), kFilled));
}

TEST(PasswordCache, FieldsCannotRunIntoEachOther) {
  PasswordCache cache(10, seconds(60));
  EXPECT_NE(cache.key("ann", "asecret", "key"), cache.key("anna", "secret", "key"));
}

TEST(PasswordCache, ForgetsAfterItsLifetime) {
  PasswordCache cache(10, seconds(60));
  const auto key = cache.key("ann", "secret", "key");
  cache.add(key, kFilled);
  EXPECT_TRUE(cache.contains(key, kFilled + seconds(59)));
  EXPECT_FALSE(cache.contains(key, kFilled + seconds(60)));
  EXPECT_EQ(cache.size(), 0U);
}

TEST(PasswordCache, DropsTheOldestAtItsLimit) {
  PasswordCache cache(2, seconds(60));
  const auto first = cache.key("a", "p", "key");
  const auto second = cache.key("b", "p", "key");
  const auto third = cache.key("c", "p", "key");
  for (const auto& key : {first, second, third}) cache.add(key, kFilled);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_FALSE(cache.contains(first, kFilled));
  EXPECT_TRUE(cache.contains(second, kFilled));
  EXPECT_TRUE(cache.contains(third, kFilled));
}

TEST(PasswordCache, AddingTwiceCountsOnce) {
  PasswordCache cache(2, seconds(60));
  const auto key = cache.key("a", "p", "key");
  cache.add(key, kFilled);
  cache.add(key, kFilled + seconds(30));
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_FALSE(cache.contains(key, kFilled + seconds(61)));
}

TEST(PasswordCache, WithoutEntriesKeepsNothing) {
  PasswordCache cache(0, seconds(60));
  const auto key = cache.key("a", "p", "key");
  cache.add(key, kFilled);
  EXPECT_FALSE(cache.contains(key, kFilled));
}

}  // namespace
}  // namespace mailkeep::server
