#include "store/sqlite/log_buffer.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include <sqlite3.h>

namespace mailkeep::store::sqlite {

namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
// https://www.sqlite.org/fileformat2.html#the_write_ahead_log: a frame's header, and where in it
// the number of pages stands that is not zero where the frame commits.
constexpr int kFrameHeaderBytes = 24;
constexpr int kCommitField = 4;
constexpr int kCommitFieldBytes = 4;
constexpr int kWriteLock = 0;  // https://www.sqlite.org/walformat.html#wal_locks

struct LogFile;

struct MainFile {
  LogFile* log = nullptr;  // of the same connection; null where it is not open
};

// The log as one connection writes it. Used under the file's write lock only, but for reads.
struct LogFile {
  MainFile* main = nullptr;
  std::string gathered{};
  sqlite3_int64 begin = 0;  // where the first octet of `gathered` belongs
  sqlite3_int64 end = 0;    // behind the last octet written since the lock was taken
  bool at_commit = false;   // the header of the frame that commits was written, not yet its page
};

// What SQLite holds: its own part first, ours, and then the file of the system's file system.
template <class Ours>
struct File : sqlite3_file {
  Ours ours;
  alignas(8) char system[1];  // SQLite aligns to 8

  static File& of(sqlite3_file* file) { return *static_cast<File*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(system); }
};

template <class Ours, auto kMethod>
struct Forward;
template <class Ours, class Result, class... Arguments,
          Result (*sqlite3_io_methods::*kMethod)(sqlite3_file*, Arguments...)>
struct Forward<Ours, kMethod> {
  static Result call(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* real = File<Ours>::of(file).real();
    return (real->pMethods->*kMethod)(real, arguments...);
  }
};

int write_through(File<LogFile>& file, const void* bytes, int count, sqlite3_int64 offset) {
  return file.real()->pMethods->xWrite(file.real(), bytes, count, offset);
}

int write_gathered(File<LogFile>& file) {
  LogFile& log = file.ours;
  if (log.gathered.empty()) return SQLITE_OK;
  const int code =
      write_through(file, log.gathered.data(), static_cast<int>(log.gathered.size()), log.begin);
  log.gathered.clear();
  return code;
}

bool commits(const void* header) {
  const char* field = static_cast<const char*>(header) + kCommitField;
  return std::any_of(field, field + kCommitFieldBytes, [](char octet) { return octet != 0; });
}

int write_log(sqlite3_file* handle, const void* bytes, int count, sqlite3_int64 offset) {
  auto& file = File<LogFile>::of(handle);
  LogFile& log = file.ours;
  const auto gathered = static_cast<sqlite3_int64>(log.gathered.size());
  const bool follows = log.gathered.empty() || offset == log.begin + gathered;
  // A frame written again (a page that changed after it left the cache) goes where it belongs now.
  const bool again = offset < log.end;
  const std::size_t size = static_cast<std::size_t>(count);
  if (!follows || again || log.gathered.size() + size > kBufferBytes) {
    if (const int code = write_gathered(file); code != SQLITE_OK) return code;
  }
  if (again || size > kBufferBytes) return write_through(file, bytes, count, offset);
  try {
    if (log.gathered.capacity() < kBufferBytes) log.gathered.reserve(kBufferBytes);
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  if (log.gathered.empty()) log.begin = offset;
  log.gathered.append(static_cast<const char*>(bytes), size);
  log.end = offset + count;
  const bool complete = log.at_commit;
  log.at_commit = count == kFrameHeaderBytes && commits(bytes);
  return complete ? write_gathered(file) : SQLITE_OK;
}

// For everything that must see the log as written so far.
template <auto kMethod>
struct AfterWriting;
template <class... Arguments, int (*sqlite3_io_methods::*kMethod)(sqlite3_file*, Arguments...)>
struct AfterWriting<kMethod> {
  static int call(sqlite3_file* handle, Arguments... arguments) {
    auto& file = File<LogFile>::of(handle);
    const int code = write_gathered(file);
    if (code != SQLITE_OK) return code;
    return (file.real()->pMethods->*kMethod)(file.real(), arguments...);
  }
};

int close_log(sqlite3_file* handle) {
  auto& file = File<LogFile>::of(handle);
  sqlite3_file* real = file.real();
  const int code = real->pMethods->xClose(real);
  if (file.ours.main != nullptr) file.ours.main->log = nullptr;
  std::destroy_at(&file.ours);
  return code;
}

// Giving the write lock back ends the transaction: what is still gathered was rolled back.
int lock_shared_memory(sqlite3_file* handle, int first, int count, int flags) {
  auto& file = File<MainFile>::of(handle);
  if (first == kWriteLock && (flags & SQLITE_SHM_EXCLUSIVE) != 0 && file.ours.log != nullptr) {
    *file.ours.log = LogFile{.main = &file.ours};
  }
  return file.real()->pMethods->xShmLock(file.real(), first, count, flags);
}

template <class Ours>
sqlite3_io_methods forward_all() {
  using Methods = sqlite3_io_methods;
  Methods methods{};
  methods.iVersion = 2;  // no memory mapping
  methods.xClose = Forward<Ours, &Methods::xClose>::call;
  methods.xRead = Forward<Ours, &Methods::xRead>::call;
  methods.xWrite = Forward<Ours, &Methods::xWrite>::call;
  methods.xTruncate = Forward<Ours, &Methods::xTruncate>::call;
  methods.xSync = Forward<Ours, &Methods::xSync>::call;
  methods.xFileSize = Forward<Ours, &Methods::xFileSize>::call;
  methods.xLock = Forward<Ours, &Methods::xLock>::call;
  methods.xUnlock = Forward<Ours, &Methods::xUnlock>::call;
  methods.xCheckReservedLock = Forward<Ours, &Methods::xCheckReservedLock>::call;
  methods.xFileControl = Forward<Ours, &Methods::xFileControl>::call;
  methods.xSectorSize = Forward<Ours, &Methods::xSectorSize>::call;
  methods.xDeviceCharacteristics = Forward<Ours, &Methods::xDeviceCharacteristics>::call;
  methods.xShmMap = Forward<Ours, &Methods::xShmMap>::call;
  methods.xShmLock = Forward<Ours, &Methods::xShmLock>::call;
  methods.xShmBarrier = Forward<Ours, &Methods::xShmBarrier>::call;
  methods.xShmUnmap = Forward<Ours, &Methods::xShmUnmap>::call;
  return methods;
}

const sqlite3_io_methods* log_methods() {
  static const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods methods = forward_all<LogFile>();
    methods.xClose = close_log;
    methods.xWrite = write_log;
    methods.xRead = AfterWriting<&sqlite3_io_methods::xRead>::call;
    methods.xTruncate = AfterWriting<&sqlite3_io_methods::xTruncate>::call;
    methods.xSync = AfterWriting<&sqlite3_io_methods::xSync>::call;
    methods.xFileSize = AfterWriting<&sqlite3_io_methods::xFileSize>::call;
    return methods;
  }();
  return &kMethods;
}

const sqlite3_io_methods* main_methods() {
  static const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods methods = forward_all<MainFile>();
    methods.xShmLock = lock_shared_memory;
    return methods;
  }();
  return &kMethods;
}

template <class Ours>
int open_file(sqlite3_vfs* system, sqlite3_filename name, sqlite3_file* handle, int flags,
              int* out_flags, const sqlite3_io_methods* methods) {
  auto& file = File<Ours>::of(handle);
  const int code = system->xOpen(system, name, file.real(), flags, out_flags);
  // Where there are no methods SQLite does not close the file.
  handle->pMethods = file.real()->pMethods != nullptr ? methods : nullptr;
  if (handle->pMethods != nullptr) std::construct_at(&file.ours);
  return code;
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* handle, int flags, int* out_flags) {
  auto* system = sqlite3_vfs_find(nullptr);
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    return open_file<MainFile>(system, name, handle, flags, out_flags, main_methods());
  }
  if ((flags & SQLITE_OPEN_WAL) == 0) return system->xOpen(system, name, handle, flags, out_flags);
  const int code = open_file<LogFile>(system, name, handle, flags, out_flags, log_methods());
  if (code == SQLITE_OK) {
    MainFile& main = File<MainFile>::of(sqlite3_database_file_object(name)).ours;
    LogFile& log = File<LogFile>::of(handle).ours;
    main.log = &log;
    log.main = &main;
  }
  return code;
}

}  // namespace

const char* buffered_log_file_system() {
  static sqlite3_vfs file_system;
  static std::once_flag once;
  std::call_once(once, [] {
    file_system = *sqlite3_vfs_find(nullptr);
    file_system.zName = "mailkeep";
    file_system.szOsFile +=
        static_cast<int>(std::max(sizeof(File<LogFile>), sizeof(File<MainFile>)));
    file_system.xOpen = open;
    sqlite3_vfs_register(&file_system, 0);
  });
  return file_system.zName;
}

}  // namespace mailkeep::store::sqlite
