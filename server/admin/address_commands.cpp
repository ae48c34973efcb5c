#include "server/admin/address_commands.h"

#include <memory>
#include <stdexcept>

#include "server/admin/arguments.h"
#include "server/admin/open_store.h"
#include "server/delivery/address_book.h"
#include "server/exit_code.h"
#include "store/addresses.h"

namespace mailkeep::server {
namespace {

// The store has been opened by then, and its schema is the newest.
std::unique_ptr<store::Addresses> open_addresses(const AdminContext& context,
                                                 MissingStore missing) {
  static_cast<void>(open_store(context.config, missing));
  return std::make_unique<store::Addresses>(context.config.data_dir);
}

std::string checked(std::optional<std::string> stored, const std::string& text,
                    std::string_view what) {
  if (!stored) throw std::runtime_error("\"" + text + "\" is not " + std::string(what));
  return std::move(*stored);
}

std::string alias_address(const std::string& text) {
  return checked(stored_address(text, true), text,
                 "an address (ann@example.org, ann, @example.org)");
}

std::string alias_target(const std::string& text) {
  return checked(stored_address(text, false), text, "an address or an account");
}

std::string domain_name(const std::string& text) {
  return checked(stored_domain(text), text, "a domain");
}

// Says what was not done; the others are done.
class Outcome {
 public:
  explicit Outcome(const AdminContext& context) : context_(context) {}
  void note(bool done, const std::string& name, std::string_view complaint) {
    if (done) return;
    context_.err << "mailkeep: " << name << ' ' << complaint << '\n';
    result_ = exit_code::failed;
  }
  int result() const { return result_; }

 private:
  const AdminContext& context_;
  int result_ = exit_code::ok;
};

}  // namespace

int domain_add(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "domain");
  const auto addresses = open_addresses(context, MissingStore::create);
  Outcome outcome(context);
  for (const std::string& word : arguments.plain()) {
    const std::string name = domain_name(word);
    outcome.note(addresses->add_domain(name), name, "is there already");
  }
  return outcome.result();
}

int domain_remove(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "domain");
  const auto addresses = open_addresses(context, MissingStore::refuse);
  Outcome outcome(context);
  for (const std::string& word : arguments.plain()) {
    const std::string name = domain_name(word);
    outcome.note(addresses->remove_domain(name), name, "is not there");
  }
  return outcome.result();
}

int domain_list(const AdminContext& context, const std::vector<std::string>& words) {
  Arguments(words, {}, {}).expect_plain(0, 0, "");
  const auto addresses = open_addresses(context, MissingStore::refuse);
  const auto domains = addresses->domains();
  for (const std::string& name : domains) context.out << name << '\n';
  return exit_code::ok;
}

int alias_add(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(2, Arguments::kAnyNumber, "address and where its mail goes");
  const std::string address = alias_address(arguments.plain().front());
  const auto addresses = open_addresses(context, MissingStore::create);
  Outcome outcome(context);
  for (std::size_t i = 1; i < arguments.plain().size(); ++i) {
    const std::string target = alias_target(arguments.plain()[i]);
    const bool added = addresses->add_alias({.address = address, .target = target});
    outcome.note(added, address, "leads to " + target + " already");
  }
  return outcome.result();
}

int alias_remove(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "address, and where it shall no longer lead");
  const std::string address = alias_address(arguments.plain().front());
  const auto addresses = open_addresses(context, MissingStore::refuse);
  Outcome outcome(context);
  if (arguments.plain().size() == 1) {
    outcome.note(addresses->remove_alias(address, std::nullopt) != 0, address, "is no alias");
  }
  for (std::size_t i = 1; i < arguments.plain().size(); ++i) {
    const std::string target = alias_target(arguments.plain()[i]);
    outcome.note(addresses->remove_alias(address, target) != 0, address,
                 "does not lead to " + target);
  }
  return outcome.result();
}

int alias_list(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(0, 0, "");
  const auto addresses = open_addresses(context, MissingStore::refuse);
  const auto aliases = addresses->aliases();
  for (const store::Alias& alias : aliases) {
    context.out << alias.address << ' ' << alias.target << '\n';
  }
  return exit_code::ok;
}

}  // namespace mailkeep::server
