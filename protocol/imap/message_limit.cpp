#include "protocol/imap/message_limit.h"

#include "protocol/imap/wire/encoder.h"
#include "store/uid_map.h"

namespace mailkeep::imap {
namespace {

// The highest `count` of more than as many.
store::UidSet highest(const store::UidSet& uids, std::uint32_t count) {
  store::UidMap map;
  for (const auto& range : uids.ranges()) map.append(range);
  return map.uids_of(map.size() - count + 1, map.size());
}

std::string code_of(std::uint32_t limit, const store::UidSet& done) {
  std::string code = "MESSAGELIMIT ";
  Encoder(code).number(limit).sp().number(done.ranges().front().first);
  return code;
}

}  // namespace

std::string limit_messages(const Settings& settings, store::UidSet& uids) {
  const std::uint32_t limit = settings.message_limit;
  if (limit == 0 || uids.size() <= limit) return {};
  uids = highest(uids, limit);
  return code_of(limit, uids);
}

std::uint32_t save_limit_of(const Settings& settings) {
  return settings.message_limit != 0 ? settings.message_limit : settings.save_limit;
}

std::string limit_code(std::uint32_t limit) {
  return "MESSAGELIMIT " + std::to_string(limit);
}

std::string copy_limit_code(const Settings& settings, const store::UidSet& uids) {
  const std::uint32_t limit = save_limit_of(settings);
  if (limit == 0 || uids.size() <= limit) return {};
  return code_of(limit, highest(uids, limit));
}

}  // namespace mailkeep::imap
