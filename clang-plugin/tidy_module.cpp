// The checks as a clang-tidy module: `clang-tidy --load=libsluice-tidy.so -checks='-*,sluice-*'`.
// Knows clang-tidy and the registry, and nothing of what a check does. Each option of a check is a
// CheckOption of the same name.
#include <memory>
#include <string>

#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#if __has_include("clang-tidy/ClangTidyModuleRegistry.h")
#include "clang-tidy/ClangTidyModuleRegistry.h"
#endif
#include "clang/AST/ASTContext.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "sluice-checker/analysis.hpp"

namespace {

using sluice::checker::CheckEntry;
using sluice::checker::Finding;

// What the checks of one run share: their options, and what is known of the translation unit.
struct Shared {
  sluice::checker::Options options;
  std::unique_ptr<sluice::checker::Analysis> analysis;
};
Shared& shared() {
  static Shared all;
  return all;
}

// One check of the registry. It asks for the whole translation unit, since its analysis is not a
// matter of matchers.
class TidyCheck : public clang::tidy::ClangTidyCheck, private sluice::checker::Sink {
 public:
  TidyCheck(const CheckEntry& entry, llvm::StringRef name, clang::tidy::ClangTidyContext* context)
      : ClangTidyCheck(name, context), entry_(entry) {
    for (const auto& option : entry_.options) {
      // As text: clang-tidy does not export its typed getters to modules.
      const auto value = Options.get(llvm::StringRef(option.name.data(), option.name.size()));
      if (value) set(std::string(option.name), value->str());
    }
    if (const auto file = Options.getLocalOrGlobal("SluiceConfig")) read(file->str());
  }

  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap& map) override {
    for (const auto& option : entry_.options) {
      Options.store(map, llvm::StringRef(option.name.data(), option.name.size()),
                    llvm::StringRef(options_.flag(entry_.name, option.name) ? "true" : "false"));
    }
  }

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    finder->addMatcher(clang::ast_matchers::translationUnitDecl().bind("unit"), this);
  }

  void check(const clang::ast_matchers::MatchFinder::MatchResult& result) override {
    if (result.Context->getDiagnostics().hasUncompilableErrorOccurred()) return;
    std::unique_ptr<sluice::checker::Analysis>& analysis = shared().analysis;
    if (analysis == nullptr) {
      analysis = std::make_unique<sluice::checker::Analysis>(*result.Context, shared().options);
    }
    analysis->run(entry_, *this);
  }

  // The next one may be at the same address.
  void onStartOfTranslationUnit() override { shared().analysis.reset(); }
  void onEndOfTranslationUnit() override { shared().analysis.reset(); }

 private:
  void set(const std::string& option, const std::string& value) {
    options_.set(std::string(entry_.name) + "." + option, value);
    shared().options.set(std::string(entry_.name) + "." + option, value);
  }

  // Once a run is enough, and a mistake in it is told once.
  static void read(const std::string& file) {
    static std::string last;
    if (file == last) return;
    last = file;
    std::string error;
    shared().options.configuration = sluice::checker::read_configuration(file, error);
    if (shared().options.configuration == nullptr) {
      llvm::errs() << "sluice: SluiceConfig: " << error << '\n';
      std::exit(1);
    }
  }

  void report(const Finding& finding) override {
    {
      const auto builder = diag(finding.location, finding.message);
      for (const clang::SourceRange& range : finding.ranges) builder << range;
      for (const clang::FixItHint& fix : finding.fix_its) builder << fix;
    }
    for (const auto& note : finding.notes)
      diag(note.location, note.message, clang::DiagnosticIDs::Note);
  }

  const CheckEntry& entry_;
  sluice::checker::Options options_;
};

class Module : public clang::tidy::ClangTidyModule {
 public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories& factories) override {
    for (const CheckEntry& entry : sluice::checker::all_checks()) {
      factories.registerCheckFactory(
          llvm::StringRef(entry.name.data(), entry.name.size()),
          [&entry](llvm::StringRef name, clang::tidy::ClangTidyContext* context) {
            return std::make_unique<TidyCheck>(entry, name, context);
          });
    }
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<Module> kRegistered(
    "sluice-module", "sluice's checks for locks and goroutines");

}  // namespace
