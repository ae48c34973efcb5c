// Makes a SortTable: out of the rows of a query, or out of another table.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "store/sort_keys.h"
#include "store/sqlite/database.h"

namespace mailkeep::store {

class SortTableBuilder {
 public:
  explicit SortTableBuilder(SortDetail detail) : detail_(detail) {}

  // Begins with the rows of `table` that `uids` has. Before any add().
  void copy(const SortTable& table, const UidSet& uids);
  // A row of uid, thread_id, internal_date, sent_seconds, save_date, size, keys; in ascending
  // order.
  void add(const sqlite::Query& row) {
    add(row, detail_ == SortDetail::dates ? std::string_view() : row.blob(6));
  }
  // The same with keys that are not kept.
  void add(const sqlite::Query& row, std::string_view packed);
  // Once.
  SortTable finish();

 private:
  const SortDetail detail_;
  std::shared_ptr<SortTable::Storage> storage_ = std::make_shared<SortTable::Storage>();
  // What is copied points into its own table until finish(), as what rows point to may not move.
  std::size_t copied_ = 0;
  std::vector<std::size_t> ends_;  // of the packed keys of each row that was added
};

}  // namespace mailkeep::store
