#include "mime/base_subject.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

struct SubjectCase {
  std::string_view subject;
  std::string_view base;
  bool reply_or_forward;
};

TEST(BaseSubject, FollowsRfc5256) {
  for (const auto& [subject, base, reply_or_forward] : std::vector<SubjectCase>{
           {"", "", false},
           {"a", "a", false},
           {" a \t b ", "a b", false},
           {"Re: a", "a", true},
           {"RE:a", "a", true},
           {"re : a", "a", true},
           {"Fw: a", "a", true},
           {"FWD: a", "a", true},
           {"Re: Re: Fwd: a", "a", true},
           {"Re[2]: a", "a", true},
           {"Re [x] : a", "a", true},
           {"Re", "Re", false},
           {"Rea: b", "Rea: b", false},
           {"Re:", "", true},
           {"[list] a", "a", false},
           {"[list] Re: a", "a", true},
           {"Re: [list] a", "a", true},
           {"[a] [b] c", "c", false},
           {"[a]", "[a]", false},
           {"[a][b]", "[b]", false},
           {"[a", "[a", false},
           {"[a[b]", "[a[b]", false},
           {"a (fwd)", "a", true},
           {"a (FWD) (fwd) ", "a", true},
           {"(fwd)", "", true},
           {"[fwd: a]", "a", true},
           {"[Fwd: Re: a (fwd)]", "a", true},
           {"[fwd: [fwd: a]]", "a", true},
           {"[fwd: a] b", "b", false},
           {"=?utf-8?q?Re=3A_=C3=A4?=", "\u00e4", true},
           {"Re:\r\n\ta", "a", true},
       }) {
    const BaseSubject result = base_subject(subject);
    EXPECT_EQ(result.text, base) << subject;
    EXPECT_EQ(result.reply_or_forward, reply_or_forward) << subject;
  }
}

TEST(BaseSubject, TakesLinearTime) {
  for (const std::string_view piece : {"re: ", "[a]", "[", "[fwd:", " (fwd)", "re[", "fwd [a]"}) {
    std::string subject;
    while (subject.size() < 1'000'000) subject += piece;
    EXPECT_LE(base_subject(subject).text.size(), subject.size());
    EXPECT_LE(base_subject(subject + std::string(200'000, ']')).text.size(),
              subject.size() + 200'000);
  }
}

}  // namespace
}  // namespace mailkeep::mime
