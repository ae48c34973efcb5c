// The strangest messages there are, all the way from octets to FETCH and POP3; and many made by
// breaking the sample messages at random places (the same ones in every run).
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "fetch_check.h"

namespace mailkeep::imap {
namespace {

using testing::IsEmpty;

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

constexpr std::string_view kMultipart = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";

TEST(FetchExtremes, OctetsThatAreNoText) {
  using std::string_literals::operator""s;
  for (const std::string& message : {
           ""s,
           "\0"s,
           "\r"s,
           "\n"s,
           "\r\n"s,
           "\r\r\n"s,
           "\n\r"s,
           "."s,
           ".\r\n"s,
           "\n.\n"s,
           "\0\0\r\n\r\n\0"s,
           "Subject: a\0b\r\n\r\n\0"s,
           "Subject: a\rb\r\n\r\na\rb\r\r\n"s,
           "Subject: a\nb: c\n\nd\n"s,
           "Subject: \xff\xfe\x80\r\nFrom: \xc3\xa4 <\xe4@\xf6>\r\n\r\n"s,
           "Content-Type: te\0xt/pl\rain; na\xffme=\"\0\"\r\n\r\n\xff"s,
       }) {
    EXPECT_THAT(fetch_violations(message), IsEmpty()) << testing::PrintToString(message);
  }
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
  EXPECT_THAT(fetch_violations(all), IsEmpty());
  EXPECT_THAT(fetch_violations("Subject: " + all + "\r\n\r\n" + all), IsEmpty());
}

TEST(FetchExtremes, OnlyAHeaderOrOnlyABody) {
  for (const std::string message : {
           "Subject: x",
           "Subject: x\r\n",
           "Subject: x\r\n\r\n",
           "\r\nbody",
           "\r\n\r\nbody\r\n",
           "just words",
           "just words\r\nin lines\r\n",
           " begins with a space\r\n\r\nx",
           "Content-Type: multipart/mixed; boundary=b",
           "Content-Type: message/rfc822\r\n\r\n",
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b",
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--",
       }) {
    EXPECT_THAT(fetch_violations(message), IsEmpty()) << message;
  }
}

TEST(FetchExtremes, HeaderLinesOfTenMegabytes) {
  constexpr std::size_t kLength = 10 << 20;
  EXPECT_THAT(fetch_violations("Subject: " + std::string(kLength, 'x') + "\r\n\r\nhi\r\n"),
              IsEmpty());
  EXPECT_THAT(fetch_violations("To: " + repeated("a@b,", kLength / 4) + "\r\n\r\nhi\r\n"),
              IsEmpty());
  EXPECT_THAT(fetch_violations(std::string(kLength, 'x')), IsEmpty());
}

TEST(FetchExtremes, AHundredThousandParts) {
  const std::string parts = repeated("--b\r\n\r\nx\r\n", 100'000);
  EXPECT_THAT(fetch_violations(std::string(kMultipart) + parts + "--b--\r\n", 5), IsEmpty());
}

TEST(FetchExtremes, AHundredThousandLevels) {
  EXPECT_THAT(fetch_violations(repeated("Content-Type: message/rfc822\r\n\r\n", 100'000), 120),
              IsEmpty());
  std::string nested;
  for (int level = 0; level < 100'000; ++level) {
    const std::string name = "b" + std::to_string(level);
    nested += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
  }
  EXPECT_THAT(fetch_violations(nested, 120), IsEmpty());
}

// Breaks messages as gateways and mail programs do, and by noise.
class Breaker {
 public:
  explicit Breaker(std::vector<std::string> sources) : sources_(std::move(sources)) {}

  std::string message() {
    std::string text = pick(sources_);
    for (std::size_t changes = 1 + below(5); changes > 0; --changes) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  const std::string& pick(const std::vector<std::string>& list) { return list[below(list.size())]; }
  std::size_t line(const std::string& text) {
    const std::size_t end = text.find('\n', below(text.size()));
    return end == std::string::npos ? 0 : end + 1;
  }

  void change(std::string& text) {
    static const std::vector<std::string> kPieces{"\r\n",
                                                  "\n",
                                                  "\r",
                                                  "--",
                                                  "\"",
                                                  "(",
                                                  "<",
                                                  ";",
                                                  "=?",
                                                  "\xff",
                                                  "--b\r\n",
                                                  "Content-Type: multipart/mixed; boundary=b\r\n",
                                                  "Content-Type: message/rfc822\r\n\r\n",
                                                  "Content-Type: text\r\n",
                                                  "Content-Transfer-Encoding: base64\r\n",
                                                  "\r\n\r\n",
                                                  "From: group: a@b, <c;\r\n",
                                                  "To: <@x:a@b> c, d\r\n",
                                                  std::string("\0", 1)};
    const std::size_t at = below(text.size());
    switch (below(8)) {
      case 0:
        text.insert(at, pick(kPieces));
        break;
      case 1:
        text.insert(line(text), pick(kPieces));
        break;
      case 2:
        text.erase(at, 1 + below(40));
        break;
      case 3:
        text.resize(at);
        break;
      case 4:
        if (!text.empty()) text[at] = static_cast<char>(random_());
        break;
      case 5:
        text.insert(line(text), pick(sources_).substr(0, below(600)));
        break;
      case 6: {
        const std::size_t begin = line(text);
        text.insert(line(text), text.substr(begin, below(200)));
        break;
      }
      default:
        text.insert(0, std::string(kMultipart) + "--b\r\n");
    }
  }

  std::mt19937 random_{20261122};
  std::vector<std::string> sources_;
};

TEST(FetchExtremes, BrokenMessagesGetValidAndConsistentAnswers) {
  std::vector<std::string> sources;
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(MAILKEEP_TEST_DATA "/messages")) {
    files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    sources.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  Breaker breaker(std::move(sources));
  for (int i = 0; i < 3000; ++i) {
    const std::string message = breaker.message();
    ASSERT_THAT(fetch_violations(message, 10), IsEmpty()) << i << ": " << message;
  }
}

}  // namespace
}  // namespace mailkeep::imap
