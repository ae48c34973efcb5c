#include "tests/bench/load/messages.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>
#include <string_view>

namespace mailkeep::load {
namespace {

constexpr std::string_view kWords[] = {
    "anchor",  "barrel",  "candle",   "draft",   "engine",  "folder", "garden",  "harbour",
    "invoice", "journey", "kitchen",  "ledger",  "meeting", "number", "office",  "parcel",
    "quarter", "report",  "schedule", "ticket",  "update",  "valley", "weather", "window",
    "please",  "thanks",  "regards",  "monday",  "budget",  "review", "server",  "contract",
    "under",   "between", "tomorrow", "shortly", "again",   "later",  "early",   "almost"};
constexpr std::string_view kNames[] = {"Ada Wells",  "Bruno Hart", "Chloe Marsh", "Dimitri Lund",
                                       "Edith Crow", "Farid Nour", "Greta Holm",  "Hana Sato"};
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr double kMedianBytes = 10'000;
constexpr double kSpread = 1.2;

using Random = std::mt19937;

template <class List>
std::string_view pick(Random& random, const List& list) {
  return list[random() % std::size(list)];
}

std::string sentence(Random& random, std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    if (i > 0) text += ' ';
    text += pick(random, kWords);
  }
  return text;
}

std::string prose(Random& random, std::size_t octets) {
  std::string text;
  while (text.size() < octets) {
    text += sentence(random, 8 + random() % 3);
    text += random() % 8 == 0 ? ".\r\n\r\n" : "\r\n";
  }
  return text;
}

std::string base64_lines(Random& random, std::size_t octets) {
  std::string text;
  while (text.size() < octets) {
    for (int i = 0; i < 76; ++i) text += kBase64[random() % kBase64.size()];
    text += "\r\n";
  }
  return text;
}

std::string address(Random& random) {
  const std::string_view name = pick(random, kNames);
  std::string local(name.substr(0, name.find(' ')));
  local[0] = static_cast<char>(local[0] | 0x20);
  return "\"" + std::string(name) + "\" <" + local + std::to_string(random() % 100) +
         "@example.com>";
}

std::string header(Random& random, std::size_t number) {
  const std::string id = std::to_string(number) + "." + std::to_string(random());
  std::string text = "Return-Path: <bounce@example.net>\r\n";
  for (int hop = 0; hop < 3; ++hop) {
    text += "Received: from relay" + std::to_string(hop) + ".example.net (192.0.2." +
            std::to_string(random() % 250) + ")\r\n\tby mx.example.com with ESMTPS id " +
            std::to_string(random()) + ";\r\n\tMon, 7 Feb 2022 10:0" + std::to_string(hop) +
            ":00 +0000\r\n";
  }
  text += "Date: " + std::to_string(1 + number % 28) + " Feb 2022 10:00:00 +0000\r\n";
  text += "From: " + address(random) + "\r\nTo: " + address(random) + ",\r\n " + address(random) +
          "\r\nSubject: " + sentence(random, 3 + random() % 5) + "\r\nMessage-ID: <" + id +
          "@example.com>\r\n";
  if (random() % 2 == 0) text += "In-Reply-To: <" + std::to_string(random()) + "@example.com>\r\n";
  return text + "X-Mailer: Load 1.0\r\nMIME-Version: 1.0\r\n";
}

std::string alternative(Random& random, std::size_t octets, const std::string& boundary) {
  const std::string text = prose(random, octets / 3);
  return "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary +
         "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n--" + boundary +
         "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
         "quoted-printable\r\n\r\n<html><body><p class=3D\"x\">" +
         prose(random, octets - text.size()) + "</p></body></html>\r\n--" + boundary + "--\r\n";
}

std::string make_message(Random& random, std::size_t number) {
  std::lognormal_distribution<double> size(std::log(kMedianBytes), kSpread);
  const auto octets = static_cast<std::size_t>(std::clamp(size(random), 2000.0, 300'000.0));
  std::string text = header(random, number);
  switch (octets > 40'000 ? 3 : random() % 3) {
    case 0:
      return text + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + prose(random, octets);
    case 1:
    case 2:
      return text + alternative(random, octets, "alt-" + std::to_string(number));
    default:
      break;
  }
  return text + "Content-Type: multipart/mixed; boundary=\"mix\"\r\n\r\n--mix\r\n" +
         alternative(random, 6'000, "alt") +
         "--mix\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\nContent-Disposition: "
         "attachment; filename=\"report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         base64_lines(random, octets - 6'000) + "--mix--\r\n";
}

}  // namespace

std::vector<std::string> make_messages(std::size_t count, unsigned seed) {
  Random random(seed);
  std::vector<std::string> messages;
  messages.reserve(count);
  for (std::size_t number = 0; number < count; ++number) {
    messages.push_back(make_message(random, number));
  }
  return messages;
}

}  // namespace mailkeep::load
