// What a project says of its own locks, in YAML: `.sluice-check.yaml`. Knows names, not code.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::checker {

/// Functions that lock, and what undoes it. Names are qualified, without template arguments; `*`
/// stands for any text.
struct ConfiguredLock {
  std::vector<std::string> acquire;
  std::vector<std::string> attempt;  ///< `try` in the file: may give up.
  std::vector<std::string> release;
  std::string success = "true";  ///< What a `try` returns when it has locked: true, zero.
  std::string lock = "object";   ///< Which is the lock: object, or the argument 0, 1, ...
  std::string named;  ///< Instead of `lock`, what the one lock is called that no argument tells.
  bool shared = false;
  bool recursive = false;
};

/// A class whose objects hold locks for a scope, told in its constructor.
struct ConfiguredGuard {
  std::string type;
  bool shared = false;
  bool movable = false;  ///< Has lock, unlock and release, as std::unique_lock.
};

/// A function that runs another one on a goroutine or thread.
struct ConfiguredSpawner {
  std::string function;
  std::string what = "thread";
};

struct Configuration {
  std::vector<ConfiguredLock> locks;
  std::vector<ConfiguredGuard> guards;
  std::vector<ConfiguredSpawner> spawners;
};

/// Null, with one line in `error` that says where and what would be right. `name` is what the text
/// is called there.
std::shared_ptr<const Configuration> parse_configuration(std::string_view text,
                                                         const std::string& name,
                                                         std::string& error);

/// The same of a file.
std::shared_ptr<const Configuration> read_configuration(const std::string& file,
                                                        std::string& error);

}  // namespace sluice::checker
