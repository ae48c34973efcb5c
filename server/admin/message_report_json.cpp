// The JSON forms of message_report.h, by Boost.JSON.
#include <boost/json.hpp>
// The library's own code; it needs nothing to be linked then.
#include <boost/json/src.hpp>

#include "mime/text/charset.h"
#include "mime/text/encoded_word.h"
#include "server/admin/message_report.h"

namespace mailkeep::server {
namespace {

namespace json = boost::json;

// Octets of a message as UTF-8, which JSON is.
std::string utf8(std::string_view text) {
  return mime::to_utf8(text, "us-ascii");
}

json::value number_or_null(const std::string& number) {
  return number.empty() ? json::value(nullptr) : json::value(number);
}

json::object range(std::uint64_t begin, std::uint64_t end) {
  return {{"offset", begin}, {"octets", end - begin}};
}

json::object parameters(const std::vector<mime::Parameter>& list) {
  json::object object;
  for (const mime::Parameter& parameter : list) {
    object[utf8(parameter.name)] = mime::decode_parameter(parameter.name, parameter.value);
  }
  return object;
}

json::object part_object(const mime::Part& part, const std::string& number) {
  json::object object{
      {"number", number_or_null(number)},
      {"parent", part.parent == mime::kNoParent ? json::value(nullptr) : json::value(part.parent)},
      {"type", utf8(part.type) + '/' + utf8(part.subtype)},
      {"parameters", parameters(part.parameters)},
      {"encoding", utf8(part.encoding)},
      {"header", range(part.header_begin, part.body_begin)},
      {"body", range(part.body_begin, part.body_end)},
      {"lines", part.body_lines},
  };
  if (part.disposition) {
    object["disposition"] = {{"type", utf8(part.disposition->type)},
                             {"parameters", parameters(part.disposition->parameters)}};
  }
  return object;
}

json::array defect_array(const mime::Structure& structure,
                         const std::vector<std::string>& numbers) {
  json::array array;
  for (const mime::Defect& defect : structure.defects) {
    const std::string_view kind = mime::name_of(defect.kind);
    const std::string_view text = mime::describe(defect.kind);
    array.push_back({{"kind", json::string_view(kind.data(), kind.size())},
                     {"part", defect.part},
                     {"number", number_or_null(numbers[defect.part])},
                     {"offset", defect.offset},
                     {"text", json::string_view(text.data(), text.size())}});
  }
  return array;
}

}  // namespace

std::string message_report_json(std::string_view name, const mime::Structure& structure) {
  const std::vector<std::string> numbers = part_numbers(structure);
  json::array parts;
  for (std::size_t i = 0; i < structure.parts.size(); ++i) {
    parts.push_back(part_object(structure.parts[i], numbers[i]));
  }
  return json::serialize(json::object{{"name", utf8(name)},
                                      {"size", structure.size},
                                      {"parts", std::move(parts)},
                                      {"defects", defect_array(structure, numbers)}});
}

std::string message_defects_json(std::string_view mailbox, std::uint32_t uid,
                                 const mime::Structure& structure) {
  return json::serialize(
      json::object{{"mailbox", utf8(mailbox)},
                   {"uid", uid},
                   {"size", structure.size},
                   {"defects", defect_array(structure, part_numbers(structure))}});
}

}  // namespace mailkeep::server
