#include "checks/fix_text.hpp"

#include "clang/Lex/Lexer.h"

namespace sluice::checker {
namespace {

// Whether the name is one of the words of the code, comments left out.
bool names(Unit& unit, clang::SourceRange range, llvm::StringRef name) {
  const clang::SourceManager& sources = unit.sources();
  const auto [file, begin] = sources.getDecomposedExpansionLoc(range.getBegin());
  const auto [end_file, end] = sources.getDecomposedExpansionLoc(range.getEnd());
  bool invalid = false;
  const llvm::StringRef text = sources.getBufferData(file, &invalid);
  if (invalid || file != end_file) return true;
  clang::Lexer lexer(sources.getLocForStartOfFile(file), unit.context().getLangOpts(), text.begin(),
                     text.begin() + begin, text.end());
  for (clang::Token token; !lexer.LexFromRawLexer(token);) {
    if (sources.getFileOffset(token.getLocation()) > end) break;
    if (token.is(clang::tok::raw_identifier) && token.getRawIdentifier() == name) return true;
  }
  return false;
}

}  // namespace

std::string indent_of(const clang::SourceManager& sources, clang::SourceLocation at,
                      bool& begins_line) {
  const auto [file, offset] = sources.getDecomposedLoc(at);
  const llvm::StringRef text = sources.getBufferData(file);
  const std::size_t newline = text.rfind('\n', offset);
  const std::size_t begin = newline == llvm::StringRef::npos ? 0 : newline + 1;
  const llvm::StringRef before = text.slice(begin, offset);
  begins_line = before.trim(" \t").empty();
  return before.take_while([](char c) { return c == ' ' || c == '\t'; }).str();
}

std::string free_name(Unit& unit, const clang::FunctionDecl* function, clang::SourceLocation at) {
  for (const char* name : {"guard", "held"}) {
    if (!names(unit, function->getSourceRange(), name)) return name;
  }
  return "guard_" + std::to_string(unit.sources().getExpansionLineNumber(at));
}

}  // namespace sluice::checker
