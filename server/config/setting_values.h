// What the tables of settings are made of: functions that put one kind of value into a Config. See
// settings.h for their contract.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "server/config/config.h"
#include "server/config/settings.h"
#include "server/config/values.h"

namespace mailkeep::server {

using Applied = std::expected<void, std::string>;
using Path = std::filesystem::path;

template <class T>
Applied assign(T& target, Value<T> value) {
  if (!value) return std::unexpected(std::move(value.error()));
  target = std::move(*value);
  return {};
}

template <std::uint64_t Config::* Member, std::uint64_t Least, std::uint64_t Most>
Applied number(Config& config, const std::string& text, const Path&) {
  return assign(config.*Member, parse_number(text, Least, Most));
}

template <std::uint64_t Config::* Member>
Applied size(Config& config, const std::string& text, const Path&) {
  return assign(config.*Member, parse_size(text));
}

// A time of `Least` milliseconds or more.
template <std::chrono::milliseconds Config::* Member, int Least>
Applied duration(Config& config, const std::string& text, const Path&) {
  Value<std::chrono::milliseconds> value = parse_duration(text);
  if (value && value->count() < Least) {
    return std::unexpected(fmt::format("is too short (at least {}s)", Least / 1000));
  }
  return assign(config.*Member, std::move(value));
}

template <std::vector<net::Endpoint> Config::* Member>
Applied endpoint(Config& config, const std::string& text, const Path&) {
  auto parsed = net::parse_endpoint(text);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  (config.*Member).push_back(std::move(*parsed));
  return {};
}

template <bool Config::* Member>
Applied yes_or_no(Config& config, const std::string& text, const Path&) {
  if (text != "yes" && text != "no") return std::unexpected("is neither yes nor no");
  config.*Member = text == "yes";
  return {};
}

template <std::string Config::* Member>
Applied any_text(Config& config, const std::string& text, const Path&) {
  config.*Member = text;
  return {};
}

template <std::vector<std::string> Config::* Member>
Applied one_more(Config& config, const std::string& text, const Path&) {
  if (text.empty()) return std::unexpected("is empty");
  (config.*Member).push_back(text);
  return {};
}

template <std::filesystem::path Config::* Member>
Applied file(Config& config, const std::string& text, const Path& base) {
  if (text.empty()) return std::unexpected("is not a file");
  config.*Member = (base / text).lexically_normal();
  return {};
}

// The parts of the table that stand in files of their own.
std::span<const Setting> pop3_settings_table();
std::span<const Setting> auth_settings_table();
std::span<const Setting> migrate_settings_table();

}  // namespace mailkeep::server
