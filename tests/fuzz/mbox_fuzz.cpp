// The input is an mbox file to import. It is read to its end, and its messages are not more than
// it.
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "expect.h"
#include "server/admin/mbox_source.h"

using namespace mailkeep;
using namespace mailkeep::server;

namespace {

// A file in memory, the same one for all inputs.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("mbox", 0)) {
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  }
  void set(std::string_view content) const {
    expect(ftruncate(descriptor_, 0) == 0, "the file can be emptied");
    expect(pwrite(descriptor_, content.data(), content.size(), 0) ==
               static_cast<ssize_t>(content.size()),
           "the file can be written");
  }
  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const MemoryFile file;
  const std::string_view input = as_text(data, size);
  file.set(input);
  static_cast<void>(MboxSource::is_mbox(input));
  for (const bool verbatim : {false, true}) {
    MboxSource source(file.path(), "", verbatim);
    std::size_t octets = 0;
    std::size_t messages = 0;
    while (source.next([&](std::string_view bytes) { octets += bytes.size(); })) ++messages;
    expect(octets <= (verbatim ? 1 : 2) * input.size(), "messages are not more than the file");
    expect(messages <= input.size(), "there are not too many");
  }
  return 0;
}
