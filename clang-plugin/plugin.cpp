// The checks as a clang plugin: `clang++ -fplugin=libsluice-plugin.so`. Knows clang's diagnostics
// and the registry, and nothing of what a check does. Options, each written
// `-fplugin-arg-sluice-OPTION`:
//
//   checks=GLOBS         which checks run, as clang-tidy's -checks=
//   config=FILE          what the project says of its own locks
//   strict               turns on what rests on a heuristic
//   CHECK.OPTION         turns on one option of one check
#include <string>
#include <utility>
#include <vector>

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "sluice-checker/analysis.hpp"

namespace {

using sluice::checker::Finding;

// Reports through the compiler's own diagnostics, so that -Werror, -verify and editors work as for
// its warnings.
class DiagnosticSink : public sluice::checker::Sink {
 public:
  explicit DiagnosticSink(clang::DiagnosticsEngine& diagnostics)
      : diagnostics_(diagnostics),
        warning_(diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Warning, "%0 [%1]")),
        note_(diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Note, "%0")) {}

  void report(const Finding& finding) override {
    {
      const auto builder = diagnostics_.Report(finding.location, warning_);
      builder << finding.message << finding.check;
      for (const clang::SourceRange& range : finding.ranges) builder << range;
      for (const clang::FixItHint& fix : finding.fix_its) builder << fix;
    }
    for (const auto& note : finding.notes)
      diagnostics_.Report(note.location, note_) << note.message;
  }

 private:
  clang::DiagnosticsEngine& diagnostics_;
  unsigned warning_;
  unsigned note_;
};

class Consumer : public clang::ASTConsumer {
 public:
  Consumer(clang::CompilerInstance& compiler, sluice::checker::Options options, std::string globs)
      : compiler_(compiler), options_(std::move(options)), globs_(std::move(globs)) {}

  void HandleTranslationUnit(clang::ASTContext& context) override {
    // A broken tree has calls without callees; what is wrong with it has been said already.
    if (compiler_.getDiagnostics().hasUncompilableErrorOccurred()) return;
    DiagnosticSink sink(compiler_.getDiagnostics());
    sluice::checker::Analysis analysis(context, options_);
    for (const auto& check : sluice::checker::all_checks()) {
      if (sluice::checker::selected(globs_, check.name)) analysis.run(check, sink);
    }
  }

 private:
  clang::CompilerInstance& compiler_;
  sluice::checker::Options options_;
  std::string globs_;
};

class Action : public clang::PluginASTAction {
 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef) override {
    return std::make_unique<Consumer>(compiler, options_, globs_);
  }

  bool ParseArgs(const clang::CompilerInstance& compiler,
                 const std::vector<std::string>& arguments) override {
    for (const std::string& argument : arguments) {
      if (argument == "strict") {
        options_.set("strict", "true");
      } else if (argument.rfind("checks=", 0) == 0) {
        globs_ = argument.substr(7);
      } else if (argument.rfind("config=", 0) == 0) {
        std::string error;
        options_.configuration = sluice::checker::read_configuration(argument.substr(7), error);
        if (options_.configuration == nullptr) return refuse(compiler, error);
      } else if (is_option(argument)) {
        options_.set(argument, "true");
      } else {
        return refuse(compiler, "unknown option '" + argument +
                                    "'; it takes 'strict', 'checks=GLOBS', 'config=FILE' and "
                                    "'CHECK.OPTION'");
      }
    }
    return true;
  }

  // Before the main action, because -fsyntax-only and code generation alike then leave the tree
  // whole.
  ActionType getActionType() override { return AddBeforeMainAction; }

 private:
  static bool refuse(const clang::CompilerInstance& compiler, const std::string& why) {
    clang::DiagnosticsEngine& diagnostics = compiler.getDiagnostics();
    diagnostics.Report(
        diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "sluice plugin: %0"))
        << why;
    return false;
  }

  static bool is_option(const std::string& argument) {
    for (const auto& check : sluice::checker::all_checks()) {
      for (const auto& option : check.options) {
        if (argument == std::string(check.name) + "." + std::string(option.name)) return true;
      }
    }
    return false;
  }

  sluice::checker::Options options_;
  std::string globs_;
};

const clang::FrontendPluginRegistry::Add<Action> kRegistered(
    "sluice", "sluice's checks for locks and goroutines");

}  // namespace
