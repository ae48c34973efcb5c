#include "protocol/pop3/maildrop_gate.h"

#include <gtest/gtest.h>

namespace mailkeep::pop3 {
namespace {

using std::chrono::seconds;
using Verdict = MaildropGate::Verdict;

const MaildropGate::Clock::time_point kStart{seconds(1000)};

TEST(MaildropGate, OneSessionAtATimeWhereItIsExclusive) {
  MaildropGate gate;
  EXPECT_EQ(gate.enter("ann", true, seconds(0), kStart), Verdict::open);
  EXPECT_EQ(gate.enter("ann", true, seconds(0), kStart), Verdict::in_use);
  EXPECT_EQ(gate.enter("bob", true, seconds(0), kStart), Verdict::open);
  gate.leave("ann");
  EXPECT_EQ(gate.enter("ann", true, seconds(0), kStart), Verdict::open);
}

TEST(MaildropGate, SeveralWhereItIsNot) {
  MaildropGate gate;
  EXPECT_EQ(gate.enter("ann", false, seconds(0), kStart), Verdict::open);
  EXPECT_EQ(gate.enter("ann", false, seconds(0), kStart), Verdict::open);
}

TEST(MaildropGate, LogInsKeepTheirDistance) {
  MaildropGate gate;
  EXPECT_EQ(gate.enter("ann", false, seconds(60), kStart), Verdict::open);
  gate.leave("ann");
  EXPECT_EQ(gate.enter("ann", false, seconds(60), kStart + seconds(59)), Verdict::too_soon);
  EXPECT_EQ(gate.enter("ann", false, seconds(60), kStart + seconds(60)), Verdict::open);
}

TEST(MaildropGate, RemembersABoundedNumber) {
  MaildropGate gate;
  for (std::size_t i = 0; i <= MaildropGate::kMaxRemembered; ++i) {
    const std::string name = std::to_string(i);
    EXPECT_EQ(gate.enter(name, true, seconds(60), kStart), Verdict::open);
    gate.leave(name);
  }
  EXPECT_EQ(gate.enter("0", true, seconds(60), kStart), Verdict::open);  // it was forgotten
}

}  // namespace
}  // namespace mailkeep::pop3
