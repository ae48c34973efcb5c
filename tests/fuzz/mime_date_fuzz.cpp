// The input is the value of a Date field.
#include "expect.h"
#include "mime/date_time.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto date = parse_date(as_text(data, size));
  if (!date) return 0;
  constexpr std::int64_t kDay = 24 * 60 * 60;
  expect(date->zone_minutes > -24 * 60 && date->zone_minutes < 24 * 60,
         "a zone is less than a day");
  expect(date->seconds < 3'000'000 * kDay && date->seconds > -800'000 * kDay,
         "years have four digits");
  expect(date->local_day() - date->seconds / kDay <= 1, "the local day is near");
  expect(date->local_day() - date->seconds / kDay >= -2, "the local day is near");
  return 0;
}
