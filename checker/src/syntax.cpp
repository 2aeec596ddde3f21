// Answers about the syntax tree.
#include "syntax.hpp"

#include "clang/AST/Attr.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"

namespace sluice::checker {

const clang::Expr* strip(const clang::Expr* expression) {
  while (expression != nullptr) {
    const clang::Expr* inner = expression->IgnoreParenCasts()->IgnoreUnlessSpelledInSource();
    if (const auto* moved = llvm::dyn_cast<clang::CallExpr>(inner)) {
      if (const clang::Expr* named = renamed_by(moved)) inner = named;
    }
    if (inner == expression) return expression;
    expression = inner;
  }
  return nullptr;
}

const clang::Expr* renamed_by(const clang::CallExpr* call) {
  const clang::FunctionDecl* callee = call->getDirectCallee();
  if (callee == nullptr || call->getNumArgs() != 1 || !callee->isInStdNamespace() ||
      callee->getIdentifier() == nullptr)
    return nullptr;
  static constexpr llvm::StringLiteral kNames[] = {"move", "forward", "move_if_noexcept",
                                                   "forward_like", "as_const"};
  return llvm::is_contained(kNames, callee->getName()) ? call->getArg(0) : nullptr;
}

const clang::CXXDestructorDecl* destructor_of(clang::QualType type) {
  if (type.isNull() || type->isDependentType() || type->isReferenceType()) return nullptr;
  const clang::CXXRecordDecl* record = type->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition() || record->hasTrivialDestructor())
    return nullptr;
  return record->getDestructor();
}

const clang::LambdaExpr* lambda_of(const clang::Expr* expression) {
  for (int step = 0; step < 4 && expression != nullptr; ++step) {
    expression = strip(expression);
    if (const auto* lambda = llvm::dyn_cast_or_null<clang::LambdaExpr>(expression)) return lambda;
    if (const auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(expression)) {
      if (made->getNumArgs() != 1) return nullptr;
      expression = made->getArg(0);
      continue;
    }
    const auto* name = llvm::dyn_cast_or_null<clang::DeclRefExpr>(expression);
    const auto* variable =
        name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    if (variable == nullptr || !variable->hasInit()) return nullptr;
    expression = variable->getInit();
  }
  return nullptr;
}

const clang::FunctionDecl* callable_of(const clang::Expr* expression) {
  if (const clang::LambdaExpr* lambda = lambda_of(expression)) return lambda->getCallOperator();
  const clang::Expr* inner = strip(expression);
  if (const auto* address = llvm::dyn_cast_or_null<clang::UnaryOperator>(inner))
    inner = strip(address->getSubExpr());
  const auto* name = llvm::dyn_cast_or_null<clang::DeclRefExpr>(inner);
  return name == nullptr ? nullptr : llvm::dyn_cast<clang::FunctionDecl>(name->getDecl());
}

const clang::LambdaExpr* lambda_within(const clang::Stmt* expression) {
  if (expression == nullptr) return nullptr;
  if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(expression)) return lambda;
  for (const clang::Stmt* child : expression->children()) {
    if (const clang::LambdaExpr* lambda = lambda_within(child)) return lambda;
  }
  return nullptr;
}

bool is_posix_mutex(clang::QualType type) {
  while (const auto* array = type->getAsArrayTypeUnsafe()) type = array->getElementType();
  for (const auto* alias = type->getAs<clang::TypedefType>(); alias != nullptr;
       alias = alias->desugar()->getAs<clang::TypedefType>()) {
    if (alias->getDecl()->getName() == "pthread_mutex_t") return true;
  }
  return false;
}

bool has_lock_attribute(const clang::FunctionDecl* function) {
  return function->hasAttr<clang::AcquireCapabilityAttr>() ||
         function->hasAttr<clang::ReleaseCapabilityAttr>() ||
         function->hasAttr<clang::TryAcquireCapabilityAttr>();
}

bool contains_try(const clang::Stmt* body) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return false;
  if (llvm::isa<clang::CXXTryStmt>(body)) return true;
  for (const clang::Stmt* child : body->children()) {
    if (contains_try(child)) return true;
  }
  return false;
}

llvm::SmallVector<std::string, 4> words_of(llvm::StringRef name) {
  llvm::SmallVector<std::string, 4> words;
  bool in_word = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char letter = name[i];
    if (!llvm::isAlpha(letter)) {
      in_word = false;
      continue;
    }
    const bool upper = letter >= 'A' && letter <= 'Z';
    const bool after_lower = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    const bool before_lower = i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
    const bool after_upper = i > 0 && name[i - 1] >= 'A' && name[i - 1] <= 'Z';
    if (!in_word || (upper && (after_lower || (after_upper && before_lower)))) words.emplace_back();
    words.back() += llvm::toLower(letter);
    in_word = true;
  }
  return words;
}

std::string source_text(clang::ASTContext& context, clang::SourceRange range) {
  if (range.isInvalid() || range.getBegin().isMacroID() || range.getEnd().isMacroID()) return {};
  return clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(range),
                                     context.getSourceManager(), context.getLangOpts())
      .str();
}

bool says_release(const clang::FunctionDecl* function) {
  if (function->getIdentifier() == nullptr) return false;
  static constexpr llvm::StringLiteral kWords[] = {"unlock",   "release", "leave",
                                                   "unlocked", "unhold",  "unlockall"};
  const auto words = words_of(function->getName());
  return llvm::any_of(words,
                      [](const std::string& word) { return llvm::is_contained(kWords, word); });
}

}  // namespace sluice::checker
