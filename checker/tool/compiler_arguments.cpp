// Adapts compile commands that were written for another compiler. What clang knows is asked of
// clang's own option table.
#include "compiler_arguments.hpp"

#include <filesystem>
#include <system_error>

#if __has_include("clang/Options/Options.h")  // LLVM 22
#include "clang/Options/Options.h"
#else
#include "clang/Driver/Options.h"
#endif
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"

namespace sluice::checker {
namespace {

#if __has_include("clang/Options/Options.h")
using clang::getDriverOptTable;
constexpr auto kUnknownOption = clang::options::OPT_UNKNOWN;
#else
using clang::driver::getDriverOptTable;
constexpr auto kUnknownOption = clang::driver::options::OPT_UNKNOWN;
#endif

// Options that ask for generated code. Their values are often ones that only GCC has, and a parser
// needs none of them.
bool is_code_generation(llvm::StringRef argument) {
  static constexpr llvm::StringLiteral kPrefixes[] = {
      "-fsanitize",      "-fno-sanitize", "-flto",   "-fprofile",          "-mtune=",
      "-fcf-protection", "-fstack-",      "-gsplit", "-fdebug-prefix-map", "-ffile-prefix-map",
      "-fabi-version",   "-fmodules-ts",  "-fplugin"};
  for (const llvm::StringRef prefix : kPrefixes) {
    if (argument.starts_with(prefix)) return true;
  }
  return false;
}

// The folder of stddef.h and its like. The one of the LLVM that this program was built with,
// wherever that is now.
std::string resource_folder() {
  std::error_code ignored;
  return std::filesystem::is_directory(SLUICE_RESOURCE_DIR, ignored) ? SLUICE_RESOURCE_DIR
                                                                     : std::string();
}

std::vector<std::string> keep_known(const std::vector<std::string>& command) {
  if (command.empty()) return command;
  std::vector<const char*> pointers;
  for (std::size_t i = 1; i < command.size(); ++i) pointers.push_back(command[i].c_str());
  unsigned missing_index = 0;
  unsigned missing_count = 0;
  const llvm::opt::InputArgList parsed =
      getDriverOptTable().ParseArgs(pointers, missing_index, missing_count);
  std::vector<std::string> kept = {command[0]};
  for (const llvm::opt::Arg* argument : parsed) {
    if (argument->getOption().matches(kUnknownOption)) continue;
    // The text as it was written, so that an option and its value stay one argument or two.
    const unsigned first = argument->getIndex();
    if (is_code_generation(pointers[first])) continue;
    unsigned count = 1;
    while (first + count < pointers.size()) {
      const bool starts_another = llvm::any_of(
          parsed, [&](const llvm::opt::Arg* other) { return other->getIndex() == first + count; });
      if (starts_another) break;
      ++count;
    }
    for (unsigned i = 0; i < count; ++i) kept.push_back(pointers[first + i]);
  }
  return kept;
}

}  // namespace

clang::tooling::ArgumentsAdjuster arguments_for_clang(std::vector<std::string> extra) {
  return [extra = std::move(extra)](const clang::tooling::CommandLineArguments& command,
                                    llvm::StringRef file) {
    std::vector<std::string> adjusted = command;
    // Before the file, because an option such as -x speaks of what comes after it; before a `--`
    // that ends the options.
    const auto add = [&](const std::vector<std::string>& options) {
      auto at = std::find(adjusted.begin(), adjusted.end(), "--");
      if (at == adjusted.end()) at = std::find(adjusted.begin(), adjusted.end(), file);
      adjusted.insert(at, options.begin(), options.end());
    };
    add(extra);
    adjusted = keep_known(adjusted);
    add({"-w", "-Wno-error", "-Qunused-arguments", "-fno-caret-diagnostics"});
    const std::string resources = resource_folder();
    if (!resources.empty()) add({"-resource-dir=" + resources});
    return adjusted;
  };
}

}  // namespace sluice::checker
