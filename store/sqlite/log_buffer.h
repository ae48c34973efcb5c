// Fewer, larger writes to the write-ahead log. SQLite writes each frame of a transaction in two
// pieces, a header and a page; here they are gathered and written together, at the latest when the
// frame that commits is complete, before a sync, and before the log is read.
//
// What a reader or a crash can see does not change: SQLite tells others of frames only after the
// commit's last write has returned, and what a rolled-back transaction left is dropped before the
// write lock is. Works for connections of several processes over one file.
#pragma once

namespace mailkeep::store::sqlite {

// The name of an SQLite file system (sqlite3_open_v2's last argument) that gathers so; made at the
// first call. From any thread.
const char* buffered_log_file_system();

}  // namespace mailkeep::store::sqlite
