// Runs clang's parser over one file. Diagnostics of the compiler are not shown: only whether there
// was an error, and which was the first.
#include "analyze_file.hpp"

#include <filesystem>
#include <system_error>

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/Lexer.h"
#include "clang/Tooling/CompilationDatabase.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "clang/Tooling/Tooling.h"
#include "compiler_arguments.hpp"
#include "distinct_commands.hpp"
#include "sluice-checker/analysis.hpp"

namespace sluice::checker {
namespace {

// To parse a file clang goes to the folder that its compile command names.
const std::filesystem::path kStartedIn = [] {
  std::error_code none;
  return std::filesystem::current_path(none);
}();

// Paths as the user would write them: below the folder where the program was started without its
// name. Code hosts find a file by such a path.
std::string shown_path(const clang::SourceManager& sources, llvm::StringRef name) {
  llvm::SmallString<256> path(name);
  sources.getFileManager().makeAbsolutePath(path);
  const std::filesystem::path normal = std::filesystem::path(path.str().str()).lexically_normal();
  const std::filesystem::path relative = normal.lexically_relative(kStartedIn);
  if (relative.empty() || *relative.begin() == "..") return normal.string();
  return relative.string();
}

// The column after this beginning of a line, in units of UTF-16: a character of four bytes has two
// of them, any other has one.
unsigned utf16_column_after(llvm::StringRef beginning) {
  unsigned units = 1;
  for (const unsigned char byte : beginning.bytes()) {
    const bool is_continued = (byte & 0xc0) == 0x80;
    if (!is_continued) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

Place place_of(const clang::SourceManager& sources, clang::SourceLocation location) {
  const clang::SourceLocation expanded = sources.getExpansionLoc(location);
  const clang::PresumedLoc at = sources.getPresumedLoc(expanded);
  if (at.isInvalid()) return {};
  const auto [file, offset] = sources.getDecomposedLoc(expanded);
  const llvm::StringRef beginning =
      sources.getBufferData(file).slice(offset - (at.getColumn() - 1), offset);
  return {shown_path(sources, at.getFilename()), at.getLine(), at.getColumn(),
          utf16_column_after(beginning)};
}

class PlainSink : public Sink {
 public:
  PlainSink(clang::ASTContext& context, std::vector<PlainFinding>& findings)
      : context_(context), sources_(context.getSourceManager()), findings_(findings) {}

  void report(const Finding& finding) override {
    PlainFinding plain;
    plain.check = finding.check;
    plain.message = finding.message;
    plain.place = place_of(sources_, finding.location);
    plain.line_text = line_text(sources_.getExpansionLoc(finding.location));
    for (const Note& note : finding.notes)
      plain.notes.push_back({place_of(sources_, note.location), note.message});
    for (const clang::FixItHint& fix : finding.fix_its) {
      const clang::CharSourceRange range =
          clang::Lexer::getAsCharRange(fix.RemoveRange, sources_, context_.getLangOpts());
      const clang::SourceLocation begin = range.getBegin();
      if (begin.isInvalid() || begin.isMacroID() || range.getEnd().isMacroID()) continue;
      const auto [file, offset] = sources_.getDecomposedLoc(begin);
      const auto [end_file, end] = sources_.getDecomposedLoc(range.getEnd());
      const clang::OptionalFileEntryRef entry = sources_.getFileEntryRefForID(file);
      if (entry && end_file == file && end >= offset)
        plain.fixes.push_back(
            {shown_path(sources_, entry->getName()), offset, end - offset, fix.CodeToInsert});
    }
    for (const Release& each : finding.unless) plain.unless.push_back({each.function, each.lock});
    plain.lock = finding.lock;
    plain.kept = finding.kept;
    plain.keepers = finding.keepers;
    // All together or not at all.
    if (plain.fixes.size() != finding.fix_its.size()) plain.fixes.clear();
    findings_.push_back(std::move(plain));
  }

  // The other files decide later: see whole_project.hpp.
  void report_if_others_agree(const Finding& finding) override { report(finding); }

  PlainOrder plain(const SeenOrder& seen) const {
    PlainOrder order;
    order.first = seen.order.first;
    order.second = seen.order.second;
    order.gates = seen.order.gates;
    order.shared = seen.order.shared;
    order.first_spelled = seen.first_spelled;
    order.second_spelled = seen.second_spelled;
    order.function = seen.function;
    order.first_at = place_of(sources_, seen.first_at);
    order.second_at = place_of(sources_, seen.second_at);
    order.line_text = line_text(sources_.getExpansionLoc(seen.second_at));
    return order;
  }

 private:
  std::string line_text(clang::SourceLocation location) const {
    const auto [file, offset] = sources_.getDecomposedLoc(location);
    const llvm::StringRef text = sources_.getBufferData(file);
    const std::size_t newline = text.rfind('\n', offset);
    const std::size_t begin = newline == llvm::StringRef::npos ? 0 : newline + 1;
    return text.slice(begin, text.find('\n', begin)).rtrim().str();
  }

  clang::ASTContext& context_;
  const clang::SourceManager& sources_;
  std::vector<PlainFinding>& findings_;
};

class Consumer : public clang::ASTConsumer {
 public:
  Consumer(const AnalyzeOptions& options, FileResult& result)
      : options_(options), result_(result) {}

  void HandleTranslationUnit(clang::ASTContext& context) override {
    if (context.getDiagnostics().hasUncompilableErrorOccurred()) return;
    note_inputs(context.getSourceManager());
    Options options;
    if (options_.strict) options.set("strict", "true");
    options.configuration = options_.configuration;
    PlainSink sink(context, result_.findings);
    Analysis analysis(context, options);
    for (const CheckEntry& check : all_checks()) {
      if (!selected(options_.checks, check.name)) continue;
      if (check.name != kLockOrderCheck) {
        analysis.run(check, sink);
        continue;
      }
      // A matter of all files: see whole_project.hpp.
      for (const SeenOrder& each : analysis.orders()) result_.orders.push_back(sink.plain(each));
    }
    for (const Release& each : analysis.releases())
      result_.releases.push_back({each.function, each.lock});
    for (const Keeper& each : analysis.keepers())
      result_.keepers.push_back({each.function, each.keeps});
    for (const LockUse& each : analysis.lock_uses())
      result_.lock_uses.push_back({each.lock, each.kept, each.released, each.taken});
  }

 private:
  void note_inputs(const clang::SourceManager& sources) {
    for (auto each = sources.fileinfo_begin(); each != sources.fileinfo_end(); ++each) {
      llvm::SmallString<256> path(each->first.getName());
      sources.getFileManager().makeAbsolutePath(path);
      result_.inputs.push_back(path.str().str());
    }
  }

  const AnalyzeOptions& options_;
  FileResult& result_;
};

class Action : public clang::ASTFrontendAction {
 public:
  Action(const AnalyzeOptions& options, FileResult& result) : options_(options), result_(result) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&,
                                                        llvm::StringRef) override {
    return std::make_unique<Consumer>(options_, result_);
  }

 private:
  const AnalyzeOptions& options_;
  FileResult& result_;
};

class ActionFactory : public clang::tooling::FrontendActionFactory {
 public:
  ActionFactory(const AnalyzeOptions& options, FileResult& result)
      : options_(options), result_(result) {}
  std::unique_ptr<clang::FrontendAction> create() override {
    return std::make_unique<Action>(options_, result_);
  }

 private:
  const AnalyzeOptions& options_;
  FileResult& result_;
};

// Keeps the first error.
class FirstError : public clang::DiagnosticConsumer {
 public:
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& diagnostic) override {
    DiagnosticConsumer::HandleDiagnostic(level, diagnostic);
    if (level < clang::DiagnosticsEngine::Error || !text.empty()) return;
    llvm::SmallString<128> message;
    diagnostic.FormatDiagnostic(message);
    if (diagnostic.hasSourceManager() && diagnostic.getLocation().isValid()) {
      const Place place = place_of(diagnostic.getSourceManager(), diagnostic.getLocation());
      text =
          place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
    }
    text += message.str();
  }
  std::string text;
};

class DatabaseCommands : public Commands {
 public:
  explicit DatabaseCommands(std::unique_ptr<clang::tooling::CompilationDatabase> database)
      : database_(distinct_commands(std::move(database))) {}

  std::vector<std::string> files() const override { return database_->getAllFiles(); }

  std::string command(const std::string& file) const override {
    std::string text;
    for (const clang::tooling::CompileCommand& each : database_->getCompileCommands(file)) {
      text += each.Directory;
      for (const std::string& argument : each.CommandLine) text += '\0' + argument;
      text += '\n';
    }
    return text;
  }

  FileResult analyze(const std::string& file, const AnalyzeOptions& options) const override {
    FileResult result;
    result.file = file;
    FirstError first_error;
    clang::tooling::ClangTool tool(*database_, {file});
    tool.setDiagnosticConsumer(&first_error);
    tool.setPrintErrorMessage(false);
    tool.appendArgumentsAdjuster(arguments_for_clang(options.extra_arguments));
    ActionFactory factory(options, result);
    const int status = tool.run(&factory);
    if (status != 0 || !first_error.text.empty()) {
      result.findings.clear();
      if (status == 2) {
        result.error = "the compilation database has no command for it";
      } else {
        result.error = "does not compile: " +
                       (first_error.text.empty() ? "clang gave no reason" : first_error.text);
      }
    }
    return result;
  }

 private:
  std::unique_ptr<clang::tooling::CompilationDatabase> database_;
};

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

}  // namespace

std::unique_ptr<Commands> commands_in(const std::string& build, std::string& error) {
  std::string reason;
  auto database = clang::tooling::CompilationDatabase::loadFromDirectory(build, reason);
  if (database != nullptr) return std::make_unique<DatabaseCommands>(std::move(database));
  std::error_code ignored;
  const std::filesystem::path file = std::filesystem::path(build) / "compile_commands.json";
  if (std::filesystem::exists(file, ignored)) {
    error = "cannot read '" + file.string() + "': " + one_line(reason);
  } else {
    error = "no compile_commands.json in '" + build +
            "'; configure with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, or give the compiler's "
            "arguments after --";
  }
  return nullptr;
}

std::unique_ptr<Commands> commands_above(const std::string& file, std::string& error) {
  std::string reason;
  auto database = clang::tooling::CompilationDatabase::autoDetectFromSource(file, reason);
  if (database != nullptr) return std::make_unique<DatabaseCommands>(std::move(database));
  error = "no compile_commands.json beside or above '" + file +
          "'; name its folder with -p, or give the compiler's arguments after --";
  return nullptr;
}

std::unique_ptr<Commands> fixed_commands(const std::vector<std::string>& arguments) {
  return std::make_unique<DatabaseCommands>(
      std::make_unique<clang::tooling::FixedCompilationDatabase>(".", arguments));
}

}  // namespace sluice::checker
