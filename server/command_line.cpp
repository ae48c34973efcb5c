#include "server/command_line.h"

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "server/admin/commands.h"
#include "server/config/loader.h"
#include "server/config/values.h"
#include "server/daemon.h"
#include "server/exit_code.h"
#include "server/net/tls_context.h"

namespace mailkeep::server {

namespace {

struct CommandHelp {
  std::string_view name;
  std::string_view text;
};

// Those after the first four are the administrator's and run beside the server.
constexpr std::array kCommands{
    CommandHelp{"serve", "Serve mail until SIGTERM or SIGINT."},
    CommandHelp{"check-config", "Check the configuration and say what would be served."},
    CommandHelp{"version", "Show the version."},
    CommandHelp{"help", "Show this text, or how a command is used: help COMMAND."},
    CommandHelp{"user", "Add, remove and list accounts; set passwords, app passwords, limits."},
    CommandHelp{"auth", "Show log-ins and who is blocked; unblock."},
    CommandHelp{"mailbox", "List mailboxes."},
    CommandHelp{"domain", "Say which domains are this server's."},
    CommandHelp{"alias", "Say where mail for addresses goes."},
    CommandHelp{"undelete", "List and restore what was expunged or deleted."},
    CommandHelp{"migrate", "Fetch an account from another IMAP server."},
    CommandHelp{"import", "Import mail from mbox files, Maildirs and single messages."},
    CommandHelp{"export", "Export mail."},
    CommandHelp{"message", "Explain a message; list the messages with defects."},
    CommandHelp{"deliver", "Deliver a message from standard input."},
    CommandHelp{"store", "Check the data of an account."},
};

void print_help(std::ostream& out) {
  out << "Mailkeep, an IMAP and POP3 server\n\nUsage: mailkeep COMMAND [ARGUMENTS] [OPTIONS]\n\n"
         "Commands:\n";
  for (const CommandHelp& command : kCommands) {
    fmt::print(out, "  {:<14}{}\n", command.name, command.text);
  }
  out << '\n' << describe_options() << "\nSee mailkeep(1) and mailkeep.conf(5).\n";
}

int print_version(std::ostream& out) {
  out << "mailkeep " MAILKEEP_VERSION "\n";
  return exit_code::ok;
}

void print_service(std::ostream& out, std::string_view name,
                   const std::vector<net::Endpoint>& endpoints) {
  for (const net::Endpoint& endpoint : endpoints) {
    net::resolve(endpoint);
    fmt::print(out, "  {:<6} {}\n", name, endpoint.text());
  }
}

int check_config(const Config& config, const Terminal& terminal) {
  std::ostream& out = terminal.out;
  std::vector<std::string> names;
  if (!config.tls.empty()) names = net::TlsContext(config.tls, config.client_authorities).names();
  for (const std::string& warning : config.warnings) {
    fmt::print(terminal.err, "warning: {}\n", warning);
  }
  fmt::print(out, "OK\n{} would serve, with mail in {}:\n", config.hostname,
             config.data_dir.string());
  print_service(out, "imap", config.imap);
  print_service(out, "imaps", config.imaps);
  print_service(out, "pop3", config.pop3);
  print_service(out, "pop3s", config.pop3s);
  print_service(out, "lmtp", config.lmtp);
  print_service(out, "socketmap", config.socketmap);
  print_service(out, "auth-service", config.auth_service);
  for (std::size_t index = 0; index < names.size(); ++index) {
    fmt::print(out, "  TLS certificate for {} ({})\n", names[index],
               config.tls[index].certificate.string());
  }
  return exit_code::ok;
}

int unknown_command(const std::string& name, std::ostream& err) {
  std::vector<std::string_view> names;
  names.reserve(std::size(kCommands));
  for (const CommandHelp& command : kCommands) names.push_back(command.name);
  const std::string_view guess = nearest(name, names);
  fmt::print(err, "mailkeep: unknown command \"{}\"", name);
  if (!guess.empty()) fmt::print(err, "; did you mean \"{}\"?", guess);
  err << "\nTry \"mailkeep help\".\n";
  return exit_code::usage;
}

int serve(const Config& config) {
  Log log(config.log_level);
  return run_daemon(config, log);
}

int run_configured(const std::string& name, const std::vector<std::string>& arguments,
                   const CommandLine& command_line, const Terminal& terminal) {
  const bool known = std::ranges::find(kCommands, name, &CommandHelp::name) != kCommands.end();
  if (!known) return unknown_command(name, terminal.err);
  const bool own = name == "serve" || name == "check-config";
  if (own && !arguments.empty()) {
    throw UsageError(fmt::format("{} takes no \"{}\"", name, arguments.front()));
  }
  try {
    const Config config = load_config(command_line);
    if (name == "serve") return serve(config);
    if (name == "check-config") return check_config(config, terminal);
    return run_admin_command({config, terminal.out, terminal.err, terminal.in}, name, arguments);
  } catch (const ConfigError& error) {
    fmt::print(terminal.err, "mailkeep: {}\n", error.what());
    if (name == "deliver") return exit_code::temporary_failure;  // mail waits until it is right
    return name == "check-config" ? exit_code::failed : exit_code::config;
  } catch (const std::exception& error) {
    fmt::print(terminal.err, "mailkeep: {}\n", error.what());
    return exit_code::failed;
  }
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, const Terminal& terminal) {
  try {
    const CommandLine command_line = parse_command_line(arguments);
    const std::vector<std::string>& words = command_line.words;
    if (command_line.version) return print_version(terminal.out);
    const bool asked = !words.empty() && words.front() == "help";
    if (asked || command_line.help) {
      const std::vector<std::string> about(words.begin() + (asked ? 1 : 0), words.end());
      if (!print_admin_usage(terminal.out, about)) print_help(terminal.out);
      return exit_code::ok;
    }
    if (words.empty()) {
      print_help(terminal.err);
      return exit_code::usage;
    }
    if (words.front() == "version") return print_version(terminal.out);
    return run_configured(words.front(), {words.begin() + 1, words.end()}, command_line, terminal);
  } catch (const UsageError& error) {
    fmt::print(terminal.err, "mailkeep: {}\nTry \"mailkeep help\".\n", error.what());
    return exit_code::usage;
  } catch (const std::exception& error) {
    fmt::print(terminal.err, "mailkeep: {}\n", error.what());
    return exit_code::internal;
  }
}

int run_program(const std::vector<std::string>& arguments) {
  return run_program(arguments, {std::cin, std::cout, std::cerr});
}

}  // namespace mailkeep::server
