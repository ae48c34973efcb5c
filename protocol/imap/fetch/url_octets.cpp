#include "protocol/imap/fetch/url_octets.h"

#include <algorithm>
#include <utility>

#include "mime/structure.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

std::optional<Section> section_of(const std::string& text) {
  if (text.empty()) return Section{};
  Decoder decoder(text);
  auto section = parse_section_spec(decoder);
  if (!section || !decoder.at_end()) return std::nullopt;
  return std::move(*section);
}

OctetRange cut(const OctetRange& range, const std::optional<MessageUrl::Partial>& partial) {
  if (!partial) return range;
  const std::uint64_t begin = std::min(range.end, range.begin + partial->offset);
  if (!partial->octets) return {begin, range.end};
  return {begin, std::min(range.end, begin + *partial->octets)};
}

}  // namespace

std::string mailbox_of(const MessageUrl& url, const UrlBase& base) {
  const bool other_server = url.absolute && !equal_ignoring_case(url.server, base.server);
  const bool other_user = url.absolute && url.user != base.user;
  if (other_server || other_user) return {};
  if (url.mailbox.empty()) return base.mailbox;
  if (url.from_root) return url.mailbox;
  // A path takes the place of the last level of the base's (RFC 3986 5.2.3).
  return base.mailbox.substr(0, base.mailbox.rfind('/') + 1) + url.mailbox;
}

std::optional<UrlOctets> UrlOctets::find(const MailboxAccess& mailboxes, const UrlBase& base,
                                         std::string_view text) {
  const auto url = parse_message_url(text);
  return url ? find(mailboxes, base, *url) : std::nullopt;
}

std::optional<UrlOctets> UrlOctets::find(const MailboxAccess& mailboxes, const UrlBase& base,
                                         const MessageUrl& url) {
  const auto section = section_of(url.section);
  const std::string name = mailbox_of(url, base);
  if (!section || name.empty()) return std::nullopt;
  auto mailbox = mailboxes.find_selectable(name, right::read);
  if (!mailbox) return std::nullopt;
  const std::uint32_t validity = mailbox->info.uid_validity;
  if (url.uid_validity.value_or(validity) != validity) return std::nullopt;

  UrlOctets octets;
  octets.account_ = std::move(mailbox->account);
  octets.mailbox_ = mailbox->info.id;
  octets.uid_ = store::Uid{url.uid};
  auto cursor = octets.account_->messages(octets.mailbox_, store::UidSet({url.uid, url.uid}),
                                          store::Detail::structure);
  if (!cursor || !(*cursor)->next()) return std::nullopt;
  const auto structure = mime::deserialize((*cursor)->structure());
  if (!structure) return std::nullopt;
  const auto located = locate_section(*section, **cursor, &*structure);
  if (!located) return std::nullopt;
  octets.range_ = cut(*located, url.partial);
  if (!selects_fields(*section)) return octets;
  std::string header;
  (*cursor)->read(located->begin, located->size(), header);
  octets.fields_ = filter_header(header, *section);
  octets.range_ = cut({0, octets.fields_->size()}, url.partial);
  return octets;
}

bool UrlOctets::read(std::uint64_t octets, std::string& out) {
  const OctetRange piece{range_.begin, std::min(range_.end, range_.begin + octets)};
  range_.begin = piece.end;
  if (fields_) {
    out.append(*fields_, piece.begin, piece.size());
    return true;
  }
  auto cursor =
      account_->messages(mailbox_, store::UidSet({uid_.value, uid_.value}), store::Detail::row);
  if (!cursor || !(*cursor)->next()) return false;
  const std::size_t before = out.size();
  (*cursor)->read(piece.begin, piece.size(), out);
  return out.size() - before == piece.size();
}

}  // namespace mailkeep::imap
