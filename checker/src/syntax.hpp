// Small questions about the syntax tree that clang's own classes do not answer in one call.
#pragma once

#include <string>

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/SmallVector.h"

namespace sluice::checker {

// Without parentheses, casts, temporaries and other wrapping that does not change the value.
const clang::Expr* strip(const clang::Expr* expression);

// What std::move, std::forward and their like name, which only change its type; null for any other
// call.
const clang::Expr* renamed_by(const clang::CallExpr* call);

// The destructor that ends a variable of this type, arrays included; null when nothing happens
// then.
const clang::CXXDestructorDecl* destructor_of(clang::QualType type);

// The body behind an expression that names a function or makes a closure; null for anything else.
const clang::FunctionDecl* callable_of(const clang::Expr* expression);
// The lambda that `expression` is, or that the variable it names was initialised with.
const clang::LambdaExpr* lambda_of(const clang::Expr* expression);
// A lambda anywhere in `expression`, not inside another lambda.
const clang::LambdaExpr* lambda_within(const clang::Stmt* expression);

// Whether it is a pthread_mutex_t, or an array of such.
bool is_posix_mutex(clang::QualType type);

// Whether clang's capability attributes say what the function does to locks.
bool has_lock_attribute(const clang::FunctionDecl* function);

// Whether there is a try statement in `body`, lambdas left out.
bool contains_try(const clang::Stmt* body);

// Lower-case words of a name: `unlockAll_x` has `unlock`, `all` and `x`.
llvm::SmallVector<std::string, 4> words_of(llvm::StringRef name);

// Whether the function is named as if it released something.
bool says_release(const clang::FunctionDecl* function);

// The source text of a range within one file, or empty when it is not plain text (a macro).
std::string source_text(clang::ASTContext& context, clang::SourceRange range);

}  // namespace sluice::checker
