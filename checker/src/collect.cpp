// Walks the user's part of the syntax tree once. A library's code is not looked at: that keeps
// the cost of a run near the cost of the parse.
#include "collect.hpp"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "paths/function_context.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

using Base = clang::RecursiveASTVisitor<class Collector>;

class Collector : public clang::RecursiveASTVisitor<Collector> {
 public:
  Collector(clang::ASTContext& context, const Library& library, Vocabulary& vocabulary,
            ApiTable& api)
      : context_(context),
        library_(library),
        sources_(context.getSourceManager()),
        vocabulary_(vocabulary),
        api_(api) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return false; }

  // NOLINTBEGIN(readability-identifier-naming): the names are RecursiveASTVisitor's.
  bool TraverseDecl(clang::Decl* decl) {
    if (decl == nullptr) return true;
    if (llvm::isa_and_nonnull<clang::TranslationUnitDecl, clang::NamespaceDecl>(
            decl->getDeclContext()) &&
        library_.owns(decl)) {
      return true;
    }
    auto* function = decl->getAsFunction();
    if (function == nullptr || !function->doesThisDeclarationHaveABody() ||
        llvm::isa<clang::FunctionTemplateDecl>(decl)) {
      return Base::TraverseDecl(decl);
    }
    open(function);
    const bool go_on = Base::TraverseDecl(decl);
    close();
    return go_on;
  }

  bool dataTraverseStmtPre(clang::Stmt* statement) {
    around_.push_back(statement);
    return true;
  }
  bool dataTraverseStmtPost(clang::Stmt*) {
    around_.pop_back();
    return true;
  }

  bool TraverseLambdaExpr(clang::LambdaExpr* lambda) {
    for (clang::Expr* init : lambda->capture_inits()) {
      if (init != nullptr && !TraverseStmt(init)) return false;
    }
    if (const clang::FunctionTemplateDecl* generic =
            lambda->getCallOperator()->getDescribedFunctionTemplate()) {
      for (clang::FunctionDecl* made : generic->specializations()) {
        if (!body(made)) return false;
      }
      return true;
    }
    return body(lambda->getCallOperator());
  }

  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr) return true;
    mention(callee);
    if (current() != nullptr) current()->called.push_back(callee);
    note(call, callee);
    if (call->getNumArgs() == 2 && simple_name(callee) == "pthread_mutex_init") {
      const bool plain =
          call->getArg(1)->isNullPointerConstant(
              context_, clang::Expr::NPC_ValueDependentIsNotNull) != clang::Expr::NPCK_NotNull;
      made_mutex(shape_of(call->getArg(0)), plain);
    }
    if (const Spawner* spawner = vocabulary_.spawner(callee)) {
      for (const clang::Expr* argument : call->arguments()) spawn(argument, spawner);
    }
    return true;
  }

  bool VisitCXXConstructExpr(clang::CXXConstructExpr* made) {
    mention(made->getConstructor());
    note(made, made->getConstructor());
    if (const Spawner* spawner = vocabulary_.spawner(made->getConstructor())) {
      for (const clang::Expr* argument : made->arguments()) spawn(argument, spawner);
    }
    return true;
  }

  bool VisitVarDecl(clang::VarDecl* variable) {
    if (const clang::CXXDestructorDecl* end = destructor_of(variable->getType())) mention(end);
    if (variable->hasInit() && is_posix_mutex(variable->getType())) {
      made_mutex(variable->getCanonicalDecl(), !is_recursive_initializer(variable->getInit()));
    }
    return true;
  }

  bool VisitCXXBindTemporaryExpr(clang::CXXBindTemporaryExpr* temporary) {
    if (const clang::CXXDestructorDecl* end = temporary->getTemporary()->getDestructor())
      mention(end);
    return true;
  }

  bool VisitDeclRefExpr(clang::DeclRefExpr* reference) {
    // A function whose address is taken may be called here: pthread_cleanup_push.
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(reference->getDecl()))
      mention(function);
    return true;
  }

  bool VisitCXXThrowExpr(clang::CXXThrowExpr* thrown) {
    if (current() != nullptr) current()->throws.push_back(thrown);
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

  Collected take() {
    for (auto& facts : found_.functions) {
      const auto at = spawned_.find(facts->definition->getCanonicalDecl());
      if (at != spawned_.end()) facts->spawner = at->second;
    }
    return std::move(found_);
  }

 private:
  FunctionFacts* current() { return open_.empty() ? nullptr : open_.back(); }

  void open(const clang::FunctionDecl* function) {
    found_.functions.push_back(std::make_unique<FunctionFacts>());
    found_.functions.back()->definition = function;
    open_.push_back(found_.functions.back().get());
  }
  void close() { open_.pop_back(); }

  bool body(clang::FunctionDecl* function) {
    if (function->getBody() == nullptr) return true;
    open(function);
    const bool go_on = TraverseStmt(function->getBody());
    close();
    return go_on;
  }

  void mention(const clang::FunctionDecl* callee) {
    FunctionFacts* facts = current();
    if (facts == nullptr) return;
    facts->callees.push_back(callee);
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
    if (vocabulary_.lock_function(callee) != nullptr || has_lock_attribute(callee) ||
        (method != nullptr && vocabulary_.guard(method->getParent()) != nullptr)) {
      facts->mentions_lock = true;
    }
  }

  // The initializer of glibc for recursive ones has the kind in it.
  bool is_recursive_initializer(const clang::Expr* init) {
    const clang::SourceLocation at = init->getBeginLoc();
    if (!at.isMacroID()) return true;  // nothing is known of it
    return clang::Lexer::getImmediateMacroName(sources_.getTopMacroCallerLoc(at), sources_,
                                               context_.getLangOpts()) !=
           "PTHREAD_MUTEX_INITIALIZER";
  }

  void made_mutex(const void* shape, bool plain) {
    if (shape == nullptr) return;
    const auto [entry, is_new] = found_.posix_mutexes.try_emplace(shape, plain);
    entry->second = entry->second && plain;
  }

  void note(const clang::Expr* expression, const clang::FunctionDecl* callee) {
    const Api api = api_.of(callee);
    const LockFunction* lock = vocabulary_.lock_function(callee);
    const auto* made = llvm::dyn_cast<clang::CXXConstructorDecl>(callee);
    const GuardType* guard = made == nullptr ? nullptr : vocabulary_.guard(made->getParent());
    if (current() == nullptr) return;
    if (api == Api::none && lock == nullptr && guard == nullptr) return;
    Site& site = found_.sites.emplace_back();
    site.expression = expression;
    site.callee = callee;
    site.api = api;
    site.lock = lock;
    site.guard = guard;
    site.around.assign(around_.begin(), around_.end() - 1);  // it stands last itself
    site.function = current()->definition;
  }

  void spawn(const clang::Expr* argument, const Spawner* spawner) {
    if (const clang::FunctionDecl* callable = callable_of(argument)) {
      spawned_[callable->getCanonicalDecl()] = spawner;
    }
  }

  clang::ASTContext& context_;
  const Library& library_;
  const clang::SourceManager& sources_;
  Vocabulary& vocabulary_;
  ApiTable& api_;
  std::vector<const clang::Stmt*> around_;
  Collected found_;
  std::vector<FunctionFacts*> open_;
  llvm::DenseMap<const clang::FunctionDecl*, const Spawner*> spawned_;
};

}  // namespace

Collected collect(clang::ASTContext& context, const Library& library, Vocabulary& vocabulary,
                  ApiTable& api) {
  Collector collector(context, library, vocabulary, api);
  for (clang::Decl* decl : context.getTranslationUnitDecl()->decls()) collector.TraverseDecl(decl);
  return collector.take();
}

}  // namespace sluice::checker
