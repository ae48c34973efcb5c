#include "protocol/imap/language.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

constexpr std::pair<std::string_view, Language> kTags[] = {
    {"i-default", Language::i_default}, {"EN", Language::english}, {"DE", Language::german},
    {"FR", Language::french},           {"ES", Language::spanish}, {"ZH", Language::chinese},
};

// In the order of the languages from German on. A "{}" stands for the same word in each.
struct Text {
  std::string_view english;
  std::array<std::string_view, 4> others;
};
constexpr Text kTexts[] = {
    {"{} completed", {"{} abgeschlossen", "{} terminé", "{} completado", "{} 已完成"}},
    {"{} completed, no messages",
     {"{} abgeschlossen, keine Nachrichten", "{} terminé, aucun message",
      "{} completado, ningún mensaje", "{} 已完成，没有邮件"}},
    {"Logged in", {"Angemeldet", "Connecté", "Sesión iniciada", "已登录"}},
    {"Wrong name or password",
     {"Name oder Passwort falsch", "Nom ou mot de passe incorrect",
      "Nombre o contraseña incorrectos", "用户名或密码错误"}},
    {"Log-in needs TLS",
     {"Die Anmeldung braucht TLS", "La connexion exige TLS", "El inicio de sesión requiere TLS",
      "登录需要 TLS"}},
    {"There is no such mailbox.",
     {"Kein solches Postfach", "Boîte aux lettres inexistante", "No existe ese buzón",
      "没有该邮箱"}},
    {"A mailbox of this name exists already.",
     {"Das Postfach gibt es schon", "La boîte aux lettres existe déjà", "El buzón ya existe",
      "邮箱已存在"}},
    {"Mailbox is read-only",
     {"Das Postfach ist nur lesbar", "La boîte aux lettres est en lecture seule",
      "El buzón es de solo lectura", "邮箱是只读的"}},
    {"The account is over its quota.",
     {"Speicherplatz erschöpft", "Quota dépassé", "Cuota superada", "超出配额"}},
    {"No message with such a sequence number",
     {"Keine Nachricht mit dieser Nummer", "Aucun message avec ce numéro",
      "Ningún mensaje con ese número", "没有该序号的邮件"}},
    {"Internal error, see the server's log; the session goes on",
     {"Interner Fehler, siehe Protokoll des Servers; die Sitzung geht weiter",
      "Erreur interne, voir le journal du serveur ; la session continue",
      "Error interno, vea el registro del servidor; la sesión continúa",
      "内部错误，请查看服务器日志；会话继续"}},
    {"None of these languages is spoken here",
     {"Keine dieser Sprachen wird hier gesprochen", "Aucune de ces langues n'est parlée ici",
      "Aquí no se habla ninguno de esos idiomas", "此处不支持这些语言"}},
};

// What stands for "{}" where `text` is `pattern`.
std::optional<std::string_view> matched(std::string_view pattern, std::string_view text) {
  const std::size_t hole = pattern.find("{}");
  if (hole == std::string_view::npos) {
    return pattern == text ? std::optional<std::string_view>("") : std::nullopt;
  }
  const std::string_view begin = pattern.substr(0, hole);
  const std::string_view end = pattern.substr(hole + 2);
  if (text.size() < begin.size() + end.size()) return std::nullopt;
  if (!text.starts_with(begin) || !text.ends_with(end)) return std::nullopt;
  return text.substr(begin.size(), text.size() - begin.size() - end.size());
}

}  // namespace

// RFC 4647 3.4: subtags are taken off the range's end until something fits.
std::optional<Language> language_of(std::string_view range) {
  if (equal_ignoring_case(range, "default")) return Language::i_default;
  for (;;) {
    const auto* known = std::ranges::find_if(
        kTags, [&](const auto& tag) { return equal_ignoring_case(tag.first, range); });
    if (known != std::end(kTags)) return known->second;
    const std::size_t hyphen = range.rfind('-');
    if (hyphen == std::string_view::npos) return std::nullopt;
    range = range.substr(0, hyphen);
  }
}

std::string_view tag_of(Language language) {
  return kTags[static_cast<std::size_t>(language)].first;
}

std::string language_tags() {
  std::string tags;
  for (const auto& [tag, language] : kTags) {
    if (!tags.empty()) tags += ' ';
    tags += tag;
  }
  return tags;
}

std::string translated(Language language, std::string_view english) {
  if (language < Language::german) return std::string(english);
  const std::size_t column =
      static_cast<std::size_t>(language) - static_cast<std::size_t>(Language::german);
  for (const Text& text : kTexts) {
    const auto word = matched(text.english, english);
    if (!word) continue;
    std::string result(text.others[column]);
    const std::size_t hole = result.find("{}");
    if (hole != std::string::npos) result.replace(hole, 2, *word);
    return result;
  }
  return std::string(english);
}

}  // namespace mailkeep::imap
