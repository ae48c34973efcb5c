// The sample messages of tests/data/messages: what is in the ordinary ones, and what is made of the
// odd ones.
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mime/message_parser.h"
#include "mime/text/encoded_word.h"
#include "structure_check.h"

namespace mailkeep::mime {
namespace {

Structure sample(std::string_view name) {
  std::ifstream stream(std::string(MAILKEEP_TEST_DATA "/messages/") + std::string(name) + ".eml",
                       std::ios::binary);
  EXPECT_TRUE(stream.good()) << name;
  return parse_message(std::string(std::istreambuf_iterator<char>(stream), {}));
}

struct SampleCase {
  std::string_view name;
  std::string_view outline;
  std::string_view defects;
};

TEST(SampleMessages, HaveTheirParts) {
  for (const auto& [name, parts, defects] : std::vector<SampleCase>{
           {"plain-text", "text/plain[63]", ""},
           {"text-and-html", "multipart/alternative(text/plain[40] text/html[80])", ""},
           {"attachment", "multipart/mixed(text/plain[24] image/png[100])", ""},
           {"forwarded-message",
            "multipart/mixed(text/plain[10] message/rfc822(multipart/mixed(text/plain[10] "
            "text/csv[28])))",
            ""},
           {"digest",
            "multipart/digest(message/rfc822(text/plain[13]) message/rfc822(text/plain[16]))", ""},
           {"delivery-report",
            "multipart/report(text/plain[60] message/delivery-status[114] text/rfc822-headers[78])",
            ""},
           {"nested-multiparts",
            "multipart/mixed(multipart/related(multipart/alternative(text/plain[5] text/html[11]) "
            "image/png[98]) "
            "application/pdf[0])",
            ""},
           {"odd-base64",
            "multipart/mixed(text/plain[26] text/plain[49] text/plain[31] "
            "application/octet-stream[40])",
            "invalid_base64 invalid_quoted_printable invalid_transfer_encoding "
            "transfer_encoding_on_composite"},
           {"odd-no-closing-boundary", "multipart/mixed(text/plain[29] image/png[40])",
            "missing_closing_boundary"},
           {"odd-boundary-never-found", "text/plain[64]", "boundary_never_found"},
           {"odd-no-boundary-parameter", "text/plain[82]", "missing_boundary_parameter"},
           {"odd-no-blank-line",
            "multipart/mixed(text/plain[3] text/html[0] message/rfc822(text/plain[0]))",
            "missing_blank_line"},
           {"odd-prefix-boundaries",
            "multipart/mixed(multipart/mixed(multipart/mixed(text/plain[9]) text/plain[6]) "
            "text/plain[5])",
            "missing_closing_boundary missing_closing_boundary"},
           {"odd-bare-line-ends", "text/plain[61]", "bare_lf bare_cr"},
           {"odd-nul-octets", "text/plain[28]", "nul_octet"},
           {"odd-header-only", "text/plain[0]", ""},
           {"odd-body-only", "text/plain[21]", ""},
           {"odd-header-lines", "multipart/mixed(text/plain[38])",
            "invalid_header_line invalid_header_line invalid_header_line"},
       }) {
    const Structure structure = sample(name);
    EXPECT_EQ(outline(structure), parts) << name;
    EXPECT_EQ(defect_names(structure), defects) << name;
  }
}

TEST(SampleMessages, HaveReadableSubjects) {
  EXPECT_EQ(decode_header_text(*sample("quoted-printable").root().envelope->subject),
            "Gr\u00fc\u00dfe aus K\u00f6ln");
  EXPECT_EQ(decode_header_text(*sample("japanese-subject").root().envelope->subject),
            "\u3053\u3093\u306b\u3061\u306f");
  EXPECT_EQ(decode_header_text(*sample("odd-encoded-words").root().envelope->subject),
            "caf\u00e9 and b xyz \u00e4two wordsopen");
}

TEST(SampleMessages, HaveFileNames) {
  const Structure structure = sample("long-file-name");
  const Parameter& name = structure.parts.at(2).disposition.value().parameters.at(0);
  EXPECT_EQ(name.name, "filename*");
  EXPECT_EQ(decode_parameter(name.name, name.value), "Minutes of the meeting in M\u00fcnster.txt");
}

}  // namespace
}  // namespace mailkeep::mime
