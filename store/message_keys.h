// The keys that sorting and threading need of a message, made when it arrives and kept packed; and
// its conversation. See sort_keys.h for what they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.h"
#include "store/comparator.h"
#include "store/sort_keys.h"
#include "store/sqlite/database.h"
#include "store/types.h"

namespace mailkeep::store {

// Raised whenever make_message_keys gives other keys for some message: kept ones are made again.
inline constexpr std::int64_t kKeysVersion = 1;

struct MessageKeys {
  std::string packed;
  std::uint64_t message_id = 0;           // 0: none
  std::vector<std::uint64_t> references;  // oldest first
};

// `head` is the message's header, or its beginning. What is kept is made with the default one.
MessageKeys make_message_keys(const mime::Structure& structure, std::string_view head,
                              Comparator comparator = Comparator::unicode_casemap);

// The hash of a message id as it stands between '<' and '>'; never 0.
std::uint64_t hash_message_id(std::string_view id);

// Takes packed keys apart: the texts of `keys` point into `packed`; references are appended.
// Returns false where `packed` is damaged.
bool unpack_message_keys(std::string_view packed, SortKeys& keys,
                         std::vector<std::uint64_t>& references);

// The ids that a message with these keys has or names, each once; nothing where they are damaged.
std::optional<std::vector<std::uint64_t>> mentioned_ids(std::string_view packed);

// Writes the keys of a new message, finding its conversation: that of a message with the same id,
// else that of the nearest one it refers to, else its own. Within the caller's write.
void insert_message_keys(sqlite::Database& database, MessageId message, const MessageKeys& keys,
                         std::optional<std::pair<std::int64_t, std::int32_t>> sent);
// Takes them away; also where there are none.
void delete_message_keys(sqlite::Database& database, MessageId message);
// Writes them anew; the conversation stays.
void renew_message_keys(sqlite::Database& database, MessageId message, const MessageKeys& keys,
                        std::optional<std::pair<std::int64_t, std::int32_t>> sent);

}  // namespace mailkeep::store
