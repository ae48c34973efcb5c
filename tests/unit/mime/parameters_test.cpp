#include "mime/parameters.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

std::string parameters_of(std::string_view value) {
  const ParserLimits limits;
  TextArena arena;
  ValueKeeper keeper(limits, arena);
  FieldScanner scanner(value);
  const ParameterList list = parse_parameters(scanner, keeper);
  std::string out = list.malformed ? "! " : "";
  for (const Parameter& parameter : list.parameters) {
    out += "[" + std::string(parameter.name) + "=" + std::string(parameter.value) + "]";
  }
  return out;
}

struct ParametersCase {
  std::string_view value;
  std::string_view parameters;
};

void expect_all(const std::vector<ParametersCase>& cases) {
  for (const ParametersCase& one : cases)
    EXPECT_EQ(parameters_of(one.value), one.parameters) << one.value;
}

TEST(Parameters, ReadWhatRfc2045Writes) {
  expect_all({
      {"", ""},
      {"; a=b", "[a=b]"},
      {";a=b;c=\"d e\"", "[a=b][c=d e]"},
      {" ; A = b ; c=\"\\\"\" ;", "[A=b][c=\"]"},
      {"; a=b (comment); c=d", "[a=b][c=d]"},
      {"; a=\"\"", "[a=]"},
      {"; a=\"x;y=z\"", "[a=x;y=z]"},
      {"; a=b=c", "[a=b=c]"},
  });
}

TEST(Parameters, ReadWhatMailWrites) {
  expect_all({
      {";; a=b", "! [a=b]"},
      {" a=b c=d", "! [a=b][c=d]"},
      {"; a; b=c", "! [b=c]"},
      {"; =b; c=d", "! [c=d]"},
      {"; a=foo bar.txt; c=d", "! [a=foo bar.txt][c=d]"},
      {"; a=foo(1).txt", "[a=foo(1).txt]"},
      {"; a=\"b; c=d", "! [a=b][c=d]"},
      {"; a=\"b", "! [a=b]"},
      {"; a=\"b\"c; d=e", "! [a=b][d=e]"},
      {"; a=text/plain", "[a=text/plain]"},
      {"; \"a\"=b", "! "},
      {", a=b, c=d", "! [a=b][c=d]"},
  });
}

TEST(Parameters, JoinContinuations) {
  expect_all({
      {"; a*0=b; a*1=c", "[a=bc]"},
      {"; a*1=c; a*0=b; d=e", "[d=e][a=bc]"},
      {"; a*0*=utf-8''%41; a*1=\"b c\"; a*2*=%43", "[a*=utf-8''%41b%20c%43]"},
      {"; a*0=b%; a*1*=%43", "[a*=''b%25%43]"},
      {"; a*=utf-8''x; b=c", "[b=c][a*=utf-8''x]"},
      {"; a*0=b; a*2=c", "[a*2=c][a=b]"},
      {"; a*1=b", "[a*1=b]"},
      {"; a*0=b; A*1=c", "[a=bc]"},
      {"; a*0=b; a*0=c; a*1=d", "[a*0=c][a=bd]"},
      {"; a*00=b; a*x=c; a**=d; *=e", "[a*x=c][a**=d][*=e][a=b]"},
      {"; b*0=1; a*0=2; b*1=3", "[a=2][b=13]"},
  });
}

TEST(Parameters, NameTheBoundary) {
  const auto boundary = [](std::string_view name, std::string_view value) {
    return boundary_of({{"charset", "x"}, {name, value}});
  };
  EXPECT_EQ(boundary("boundary", "b"), "b");
  EXPECT_EQ(boundary("Boundary", "b c "), "b c");
  EXPECT_EQ(boundary("boundary*", "us-ascii'en'%62"), "b");
  EXPECT_EQ(boundary("boundary", " "), std::nullopt);
  EXPECT_EQ(boundary("boundaries", "b"), std::nullopt);
}

TEST(Parameters, AreAsManyAsTheLimitAllows) {
  ParserLimits limits;
  limits.parameters = 2;
  TextArena arena;
  ValueKeeper keeper(limits, arena);
  FieldScanner scanner("; a=1; b=2; c=3");
  const ParameterList list = parse_parameters(scanner, keeper);
  EXPECT_EQ(list.parameters.size(), 2U);
  EXPECT_TRUE(list.limited);
}

}  // namespace
}  // namespace mailkeep::mime
