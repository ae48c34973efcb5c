// From SQLite's codes to exceptions. For the files of this folder only.
#pragma once

struct sqlite3;

namespace mailkeep::store::sqlite {

// Throws Error for `code`, with SQLite's own words and `what`.
[[noreturn]] void raise(sqlite3* handle, int code, const char* what);

}  // namespace mailkeep::store::sqlite
