// Two commands for a file are one when they differ in nothing but where the object goes, what is
// noted beside it, and whether its code can be moved. What a build system defines to tell a shared
// library's objects from a program's is a part of the last: libtool's PIC, CMake's NAME_EXPORTS.
#include "distinct_commands.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

namespace sluice::checker {
namespace {

using clang::tooling::CompileCommand;

bool is_any_of(llvm::StringRef argument, llvm::ArrayRef<llvm::StringLiteral> texts) {
  return llvm::is_contained(texts, argument);
}

// What is left of a command when that is taken away.
std::vector<std::string> what_is_parsed(const CompileCommand& command) {
  static constexpr llvm::StringLiteral kWithValue[] = {"-o", "-MF", "-MT", "-MQ"};
  static constexpr llvm::StringLiteral kAlone[] = {"-MD",      "-MMD",     "-MP",      "-fPIC",
                                                   "-fpic",    "-fPIE",    "-fpie",    "-DPIC",
                                                   "-fno-PIC", "-fno-pic", "-fno-PIE", "-fno-pie"};
  std::vector<std::string> left = {command.Directory};
  for (std::size_t i = 0; i < command.CommandLine.size(); ++i) {
    const llvm::StringRef argument = command.CommandLine[i];
    if (is_any_of(argument, kWithValue)) {
      ++i;
    } else if (!is_any_of(argument, kAlone) &&
               !(argument.starts_with("-D") && argument.ends_with("_EXPORTS"))) {
      left.push_back(argument.str());
    }
  }
  return left;
}

class DistinctCommands : public clang::tooling::CompilationDatabase {
 public:
  explicit DistinctCommands(std::unique_ptr<CompilationDatabase> all) : all_(std::move(all)) {}

  std::vector<CompileCommand> getCompileCommands(llvm::StringRef file) const override {
    std::vector<CompileCommand> commands = all_->getCompileCommands(file);
    std::set<std::vector<std::string>> seen;
    llvm::erase_if(commands, [&](const CompileCommand& command) {
      return !seen.insert(what_is_parsed(command)).second;
    });
    return commands;
  }
  std::vector<std::string> getAllFiles() const override { return all_->getAllFiles(); }
  std::vector<CompileCommand> getAllCompileCommands() const override {
    return all_->getAllCompileCommands();
  }

 private:
  std::unique_ptr<CompilationDatabase> all_;
};

}  // namespace

std::unique_ptr<clang::tooling::CompilationDatabase> distinct_commands(
    std::unique_ptr<clang::tooling::CompilationDatabase> database) {
  return std::make_unique<DistinctCommands>(std::move(database));
}

}  // namespace sluice::checker
