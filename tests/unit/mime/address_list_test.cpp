#include "mime/address_list.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mime/field_scanner.h"

namespace mailkeep::mime {
namespace {

std::string text_of(const OptionalText& value) {
  return value ? std::string(*value) : "NIL";
}

// Each address as "name|route|mailbox|host", a defect as "!".
std::string parsed(std::string_view value) {
  std::string flat;
  flatten(value, value.size(), flat);
  const ParserLimits limits;
  TextArena arena;
  ValueKeeper keeper(limits, arena);
  std::vector<Address> list;
  const AddressDefects defects = parse_address_list(flat, keeper, list);
  std::string out = defects.malformed ? "! " : "";
  for (const Address& address : list) {
    if (!address.mailbox && !address.host) {
      out += "(end)";
    } else if (!address.host) {
      out += "(group " + text_of(address.mailbox) + ")";
    } else {
      out += "(" + text_of(address.name) + "|" + text_of(address.route) + "|" +
             text_of(address.mailbox) + "|" + text_of(address.host) + ")";
    }
  }
  return out;
}

struct Case {
  std::string_view value;
  std::string_view addresses;
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) EXPECT_EQ(parsed(one.value), one.addresses) << one.value;
}

TEST(AddressList, ReadsAddressesAsRfc5322WritesThem) {
  expect_all({
      {"", ""},
      {"a@b", "(NIL|NIL|a|b)"},
      {"a@b, c@d", "(NIL|NIL|a|b)(NIL|NIL|c|d)"},
      {"Ada Example <a@example.org>", "(Ada Example|NIL|a|example.org)"},
      {"\"Example, Ada\" <a@b>", "(Example, Ada|NIL|a|b)"},
      {"\"a \\\" b\" <a@b>", "(a \" b|NIL|a|b)"},
      {"\"a b\"@c", "(NIL|NIL|a b|c)"},
      {"a.b@c.d", "(NIL|NIL|a.b|c.d)"},
      {"a@[192.0.2.1]", "(NIL|NIL|a|[192.0.2.1])"},
      {"a@b (Ada Example)", "(Ada Example|NIL|a|b)"},
      {"a@b (Ada (the first))", "(Ada (the first)|NIL|a|b)"},
      {"(one) a (two) @ (three) b (four)", "(four|NIL|a|b)"},
      {"Ada (x) <a@b> (y)", "(Ada|NIL|a|b)"},
      {"<a@b>", "(NIL|NIL|a|b)"},
      {"Ada\r\n\t Example  <a@b>", "(Ada Example|NIL|a|b)"},
      {"=?utf-8?q?=C3=A4?= <a@b>", "(=?utf-8?q?=C3=A4?=|NIL|a|b)"},
      {"<a@b> (not a name)", "(NIL|NIL|a|b)"},
  });
}

TEST(AddressList, ReadsGroups) {
  expect_all({
      {"g:;", "(group g)(end)"},
      {"undisclosed recipients: ;", "(group undisclosed recipients)(end)"},
      {"\"The group\": a@b, c@d;", "(group The group)(NIL|NIL|a|b)(NIL|NIL|c|d)(end)"},
      {"x@y, g: a@b;, c@d", "(NIL|NIL|x|y)(group g)(NIL|NIL|a|b)(end)(NIL|NIL|c|d)"},
      {"g: a@b", "! (group g)(NIL|NIL|a|b)(end)"},
      {"g: h: a@b;;", "! (group g)(end)(group h)(NIL|NIL|a|b)(end)"},
      {"\"\":;", "(group )(end)"},
  });
}

TEST(AddressList, ReadsObsoleteForms) {
  expect_all({
      {"<@x,@y:a@b>", "(NIL|@x,@y|a|b)"},
      {"Ada <@x.org : a@b>", "(Ada|@x.org|a|b)"},
      {", ,a@b,,", "(NIL|NIL|a|b)"},
      {"John Q. Public <a@b>", "(John Q. Public|NIL|a|b)"},
      {"a . b @ c . d", "(NIL|NIL|a.b|c.d)"},
      {"a@b\r\n , c@d", "(NIL|NIL|a|b)(NIL|NIL|c|d)"},
  });
}

TEST(AddressList, FindsEveryAddressAmongMistakes) {
  expect_all({
      {"a@b; c@d", "! (NIL|NIL|a|b)(NIL|NIL|c|d)"},
      {"a@b c@d", "! (NIL|NIL|a|b)(NIL|NIL|c|d)"},
      {"<a@b> <c@d>", "! (NIL|NIL|a|b)(NIL|NIL|c|d)"},
      {"<a@b, c@d>", "! (NIL|NIL|a|b)(NIL|NIL|c|d)"},
      {"<a@b", "! (NIL|NIL|a|b)"},
      {"<<a@b>>", "! (NIL|NIL|a|b)"},
      {"a@b <c@d>", "! (a@b|NIL|c|d)"},
      {"Ada a@b", "! (Ada|NIL|a|b)"},
      {"Ada Example a@b", "! (Ada Example|NIL|a|b)"},
      {"\"Ada <a@b>", "! (Ada|NIL|a|b)"},
      {"Ada\" <a@b>", "! (Ada|NIL|a|b)"},
      {"(Ada <a@b>", "! ((Ada|NIL|a|b)"},
      {"<mailto:a@b>", "! (NIL|NIL|a|b)"},
      {"a@b@c", "! (NIL|NIL|a@b|c)"},
      {"<a@b@c>", "! (NIL|NIL|a@b|c)"},
      {"> a@b", "! (NIL|NIL|a|b)"},
      {"x<a@b>y<c@d>", "! (x|NIL|a|b)(y|NIL|c|d)"},
      {"a@[192.0.2.1", "! (NIL|NIL|a|[192.0.2.1])"},
  });
}

TEST(AddressList, NamesWhatIsMissing) {
  expect_all({
      {"foo", "! (NIL|NIL|foo|MISSING_DOMAIN)"},
      {"foo (Foo)", "! (Foo|NIL|foo|MISSING_DOMAIN)"},
      {"a b c", "! (a b c|NIL|MISSING_MAILBOX|MISSING_DOMAIN)"},
      {"@b", "! (NIL|NIL|MISSING_MAILBOX|b)"},
      {"a@", "! (NIL|NIL|a|MISSING_DOMAIN)"},
      {"<>", "! (NIL|NIL|MISSING_MAILBOX|MISSING_DOMAIN)"},
      {"Ada <>", "! (Ada|NIL|MISSING_MAILBOX|MISSING_DOMAIN)"},
      {"<@b>", "! (NIL|NIL|MISSING_MAILBOX|b)"},
      {":", "! "},
      {"(nothing)", ""},
  });
}

TEST(AddressList, KeepsEightBitOctets) {
  EXPECT_EQ(parsed("\xe4 <\xf6@b>"), "(\xe4|NIL|\xf6|b)");
}

}  // namespace
}  // namespace mailkeep::mime
