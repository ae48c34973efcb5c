// Reads a message from standard input and shows its parts, its preview, and what is wrong with it.
#include <iostream>
#include <iterator>
#include <string>

#include "mime/message_parser.h"
#include "mime/preview.h"
#include "mime/text/encoded_word.h"

using namespace mailkeep::mime;

int main() {
  const std::string message(std::istreambuf_iterator<char>(std::cin), {});
  const Structure structure = parse_message(message);  // or MessageParser, piece by piece
  const auto& subject = structure.root().envelope->subject;
  if (subject) std::cout << "Subject: " << decode_header_text(*subject) << '\n';
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    const Part& part = structure.parts[i];
    std::cout << "part " << part_number(structure, i) << ": " << part.type << '/' << part.subtype
              << ", " << part.body_end - part.body_begin << " octets\n";
  }
  std::cout << "Preview: " << preview(structure, message) << '\n';
  for (const Defect& defect : structure.defects) {
    std::cout << "octet " << defect.offset << ": " << describe(defect.kind) << '\n';
  }
}
