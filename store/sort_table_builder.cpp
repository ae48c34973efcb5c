#include "store/sort_table_builder.h"

#include <algorithm>
#include <array>

#include "store/message_keys.h"

namespace mailkeep::store {

namespace {

constexpr std::array kTexts = {&SortKeys::from,    &SortKeys::to,           &SortKeys::cc,
                               &SortKeys::subject, &SortKeys::display_from, &SortKeys::display_to};

// Copies what the row points to behind what is there. There must be room for it.
void take_over(SortKeys& row, std::vector<char>& text, std::vector<std::uint64_t>& references) {
  for (auto member : kTexts) {
    const std::size_t begin = text.size();
    text.insert(text.end(), (row.*member).begin(), (row.*member).end());
    row.*member = std::string_view(text.data() + begin, text.size() - begin);
  }
  const std::size_t begin = references.size();
  references.insert(references.end(), row.references.begin(), row.references.end());
  row.references = std::span(references).subspan(begin);
}

}  // namespace

std::size_t SortTable::bytes() const {
  const std::size_t selected = selected_ ? selected_->capacity() : 0;
  return (storage_->rows.capacity() + selected) * sizeof(SortKeys) +
         storage_->references.capacity() * sizeof(std::uint64_t) + storage_->text.capacity();
}

SortTable SortTable::select(const UidSet& uids) const {
  const std::span<const SortKeys> all = rows();
  std::vector<std::span<const SortKeys>> parts;
  std::size_t count = 0;
  auto from = all.begin();
  for (const UidSet::Range& range : uids.ranges()) {
    const auto is_below = [](std::uint64_t uid) {
      return [uid](const SortKeys& keys) { return keys.uid.value < uid; };
    };
    from = std::partition_point(from, all.end(), is_below(range.first));
    const auto to = std::partition_point(from, all.end(), is_below(std::uint64_t{range.last} + 1));
    parts.emplace_back(from, to);
    count += parts.back().size();
    from = to;
  }
  if (count == all.size()) return *this;
  auto selected = std::make_shared<std::vector<SortKeys>>();
  selected->reserve(count);
  for (const auto& part : parts) selected->insert(selected->end(), part.begin(), part.end());
  SortTable table(storage_);
  table.selected_ = std::move(selected);
  return table;
}

void SortTableBuilder::copy(const SortTable& table, const UidSet& uids) {
  const SortTable some = table.select(uids);
  storage_->rows.assign(some.rows().begin(), some.rows().end());
  copied_ = storage_->rows.size();
}

void SortTableBuilder::add(const sqlite::Query& row, std::string_view packed) {
  SortKeys& keys = storage_->rows.emplace_back();
  keys.uid.value = static_cast<std::uint32_t>(row.integer(0));
  keys.thread.value = row.integer(1);
  keys.arrival = row.integer(2);
  keys.sent = row.is_null(3) ? keys.arrival : row.integer(3);
  keys.save_date = row.integer(4);
  keys.size = static_cast<std::uint64_t>(row.integer(5));
  if (detail_ == SortDetail::dates) return;
  storage_->text.insert(storage_->text.end(), packed.begin(), packed.end());
  ends_.push_back(storage_->text.size());
}

SortTable SortTableBuilder::finish() {
  SortTable::Storage& made = *storage_;
  std::size_t texts = made.text.size();
  std::size_t ids = 0;
  const std::span copied = std::span(made.rows).first(copied_);
  for (const SortKeys& row : copied) {
    for (auto member : kTexts) texts += (row.*member).size();
    ids += row.references.size();
  }
  made.text.reserve(texts);
  std::vector<std::size_t> reference_ends;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const std::string_view packed(made.text.data() + begin, ends_[i] - begin);
    unpack_message_keys(packed, made.rows[copied_ + i], made.references);
    reference_ends.push_back(made.references.size());
    begin = ends_[i];
  }
  made.references.reserve(made.references.size() + ids);
  begin = 0;
  for (std::size_t i = 0; i < reference_ends.size(); ++i) {
    made.rows[copied_ + i].references =
        std::span(made.references).subspan(begin, reference_ends[i] - begin);
    begin = reference_ends[i];
  }
  for (SortKeys& row : copied) take_over(row, made.text, made.references);
  made.rows.shrink_to_fit();
  return SortTable(std::move(storage_));
}

}  // namespace mailkeep::store
