#include "mime/octet_check.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

// The plain way to the same answer.
void expect_found(const std::string& octets, const OctetCheck& check) {
  const std::size_t nul = octets.find('\0');
  std::size_t cr = octets.find('\r');
  while (cr != std::string::npos && cr + 1 < octets.size() && octets[cr + 1] == '\n') {
    cr = octets.find('\r', cr + 1);
  }
  EXPECT_EQ(check.first_nul().value_or(std::string::npos), nul);
  EXPECT_EQ(check.first_bare_cr().value_or(std::string::npos), cr);
}

TEST(OctetCheck, FindsTheFirstOfEachAtAnyPlace) {
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (const char octet : {'\0', '\r', '\n'}) {
        std::string octets(size, 'x');
        octets[place] = octet;
        OctetCheck check;
        check.feed(octets);
        check.finish();
        expect_found(octets, check);
      }
    }
  }
}

TEST(OctetCheck, LetsCrlfPassWhereverItIsCut) {
  const std::string octets = "a\r\nb\r\n";
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    OctetCheck check;
    check.feed(octets.substr(0, cut));
    check.feed(octets.substr(cut));
    check.finish();
    EXPECT_FALSE(check.first_bare_cr().has_value()) << cut;
  }
}

TEST(OctetCheck, LetsCrlfPassBetweenBlocks) {
  std::string octets(16 * 1024 - 1, 'x');
  octets += "\r\n";
  octets += std::string(16 * 1024, 'x') + "\r\n\r";
  OctetCheck check;
  check.feed(octets);
  check.finish();
  expect_found(octets, check);
}

TEST(OctetCheck, AgreesWithThePlainWayOnRandomOctets) {
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string octets(random() % 200, 'x');
    for (char& octet : octets) {
      const auto pick = random() % 120;
      if (pick == 0) octet = '\0';
      if (pick == 1) octet = '\r';
      if (pick == 2) octet = '\n';
    }
    OctetCheck check;
    for (std::size_t at = 0; at < octets.size();) {
      const std::size_t size = 1 + random() % 60;
      check.feed(std::string_view(octets).substr(at, size));
      at += size;
    }
    check.finish();
    expect_found(octets, check);
  }
}

}  // namespace
}  // namespace mailkeep::mime
