// The options of checks, by full name: `sluice-missing-unlock.StrictExceptions`. Knows no check.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sluice-checker/configuration.hpp"

namespace sluice::checker {

/// A map from option names to their values, filled by the front end from its own command line or
/// configuration.
class Options {
 public:
  void set(std::string name, std::string value) { values_[std::move(name)] = std::move(value); }

  /// Whether option `option` of check `check` is on. The option `strict` turns on every option of
  /// this kind.
  bool flag(std::string_view check, std::string_view option) const {
    if (is_true(find("strict"))) return true;
    return is_true(find(std::string(check) + "." + std::string(option)));
  }

  /// The project's own locks; null: none.
  std::shared_ptr<const Configuration> configuration;

 private:
  std::string_view find(const std::string& name) const {
    const auto it = values_.find(name);
    return it == values_.end() ? std::string_view() : std::string_view(it->second);
  }
  static bool is_true(std::string_view value) { return value == "true" || value == "1"; }

  std::map<std::string, std::string> values_;
};

}  // namespace sluice::checker
