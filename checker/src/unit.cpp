// Works out on demand what checks ask about a translation unit.
#include "unit.hpp"

#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Analysis/CFG.h"
#include "collect.hpp"
#include "paths/function_paths.hpp"
#include "summaries/summary.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// Functions analysed inside each other's calls; deeper ones are taken as unknown, which also ends
// recursion.
constexpr int kDeepestCalls = 24;

}  // namespace

Unit::Unit(clang::ASTContext& context, bool strict_exceptions, const Configuration* configuration)
    : context_(context), strict_exceptions_(strict_exceptions) {
  if (configuration != nullptr) vocabulary_.add(*configuration);
}

Unit::~Unit() = default;

const Library& Unit::library() {
  if (!library_) library_.emplace(context_);
  return *library_;
}

void Unit::collect() {
  if (collected_) return;
  collected_ = true;
  Collected found = checker::collect(context_, library(), vocabulary_, api_);
  sites_ = std::move(found.sites);
  posix_mutexes_ = std::move(found.posix_mutexes);
  for (auto& facts : found.functions) {
    if (facts->definition->isDependentContext()) continue;
    const clang::FunctionDecl* key = facts->definition->getCanonicalDecl();
    if (facts_.contains(key)) continue;
    order_.push_back(facts->definition);
    facts_[key] = std::move(facts);
  }
  for (const clang::FunctionDecl* function : order_) {
    if (touches_locks(function)) lock_functions_.push_back(function);
  }
}

const std::vector<const clang::FunctionDecl*>& Unit::lock_functions() {
  collect();
  return lock_functions_;
}

const std::vector<const clang::FunctionDecl*>& Unit::functions() {
  collect();
  return order_;
}

const std::vector<Site>& Unit::sites() {
  collect();
  return sites_;
}

const clang::VarDecl* Unit::named_lock(llvm::StringRef name) {
  const auto [entry, is_new] = named_locks_.try_emplace(name, nullptr);
  if (!is_new) return entry->second;
  clang::TranslationUnitDecl* whole = context_.getTranslationUnitDecl();
  const clang::DeclContext* scope = whole;
  llvm::SmallVector<llvm::StringRef, 4> parts;
  name.split(parts, "::");
  for (const llvm::StringRef part : parts) {
    if (scope == nullptr) break;
    const clang::DeclContext* next = nullptr;
    for (clang::NamedDecl* found : scope->lookup(&context_.Idents.get(part))) {
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(found)) entry->second = variable;
      if (const auto* inner = llvm::dyn_cast<clang::DeclContext>(found)) next = inner;
    }
    scope = next;
  }
  if (entry->second == nullptr) {
    entry->second = clang::VarDecl::Create(context_, whole, {}, {}, &context_.Idents.get(name),
                                           context_.IntTy, nullptr, clang::SC_Extern);
  }
  return entry->second = entry->second->getCanonicalDecl();
}

bool Unit::is_plain_posix_mutex(const void* shape) {
  collect();
  return posix_mutexes_.lookup(shape);
}

llvm::ArrayRef<const clang::Expr*> Site::arguments() const {
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) {
    return {call->getArgs(), call->getNumArgs()};
  }
  const auto* made = llvm::cast<clang::CXXConstructExpr>(expression);
  return {made->getArgs(), made->getNumArgs()};
}

const FunctionFacts* Unit::facts(const clang::FunctionDecl* function) {
  collect();
  if (function == nullptr) return nullptr;
  const auto at = facts_.find(function->getCanonicalDecl());
  return at == facts_.end() ? nullptr : at->second.get();
}

bool Unit::is_elsewhere(const clang::FunctionDecl* function) {
  return facts(function) == nullptr && function->isExternallyVisible() && !library().owns(function);
}

bool Unit::touches_locks(const clang::FunctionDecl* function) {
  const FunctionFacts* known = facts(function);
  if (known == nullptr) return false;
  const auto [entry, is_new] =
      touches_.try_emplace(function->getCanonicalDecl(), known->mentions_lock);
  if (!is_new || known->mentions_lock) return entry->second;
  bool touches = false;
  for (const clang::FunctionDecl* callee : known->callees) {
    if (touches_locks(callee)) {
      touches = true;
      break;
    }
  }
  return touches_[function->getCanonicalDecl()] = touches;
}

const FunctionPaths& Unit::paths(const clang::FunctionDecl* function) {
  const clang::FunctionDecl* key = function->getCanonicalDecl();
  if (const auto at = paths_.find(key); at != paths_.end() && at->second != nullptr)
    return *at->second;
  paths_[key] = nullptr;  // Being worked out: recursion finds it so.
  ++depth_;
  auto made = walk_paths(*this, facts(function)->definition);
  --depth_;
  return *(paths_[key] = std::move(made));
}

const Summary* Unit::summary(const clang::FunctionDecl* function) {
  if (!touches_locks(function)) return nullptr;
  const clang::FunctionDecl* key = function->getCanonicalDecl();
  if (const auto at = summaries_.find(key); at != summaries_.end()) return at->second.get();
  if (const auto at = paths_.find(key); at != paths_.end() && at->second == nullptr) return nullptr;
  if (depth_ > kDeepestCalls) return nullptr;
  const FunctionPaths& known = paths(function);
  auto& slot = summaries_[key];
  if (!known.gave_up) slot = std::make_unique<Summary>(summarize(values_, known));
  return slot.get();
}

bool Unit::surely_may_throw(const clang::FunctionDecl* function) {
  const FunctionFacts* known = facts(function);
  if (known == nullptr) return false;
  const clang::FunctionDecl* key = function->getCanonicalDecl();
  const auto [entry, is_new] = throws_.try_emplace(key, false);
  if (!is_new) return entry->second;
  const auto* type = known->definition->getType()->getAs<clang::FunctionProtoType>();
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(known->definition);
  if ((type != nullptr && type->isNothrow()) || (method != nullptr && method->isVirtual()))
    return false;
  // A function that has handlers of its own is taken to handle what it throws.
  if (contains_try(known->definition->getBody())) return false;
  bool throws = !known->throws.empty();
  for (const clang::FunctionDecl* callee : known->callees)
    throws = throws || surely_may_throw(callee);
  return throws_[key] = throws;
}

bool Unit::may_park(const clang::FunctionDecl* function) {
  if (function == nullptr) return false;
  switch (api_.of(function)) {
    case Api::send:
    case Api::receive:
    case Api::select:
    case Api::cond_wait:
    case Api::park:
    case Api::join:
      return plain_name(function).starts_with("sluice::");
    default:
      break;
  }
  const LockFunction* lock = vocabulary_.lock_function(function);
  if (lock != nullptr) {
    return lock->is_acquire() && !lock->tries() && lock->name.starts_with("sluice::");
  }
  const FunctionFacts* known = facts(function);
  if (known == nullptr) return false;
  const clang::FunctionDecl* key = function->getCanonicalDecl();
  const auto [entry, is_new] = parks_.try_emplace(key, false);
  if (!is_new) return entry->second;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->isVirtual()) return false;
  const bool parks = llvm::any_of(
      known->called, [this](const clang::FunctionDecl* callee) { return may_park(callee); });
  return parks_[key] = parks;
}

bool Unit::never_returns(const clang::FunctionDecl* function) {
  if (function->isNoReturn()) return true;
  const FunctionFacts* known = facts(function);
  if (known == nullptr) return false;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->isVirtual()) return false;
  const auto [entry, is_new] = never_returns_.try_emplace(function->getCanonicalDecl(), false);
  if (!is_new) return entry->second;
  bool ends = false;
  for (const clang::FunctionDecl* callee : known->callees) ends = ends || never_returns(callee);
  if (!ends) return false;
  auto cfg = clang::CFG::buildCFG(known->definition, known->definition->getBody(), &context_, {});
  if (cfg == nullptr) return false;
  // Whether the exit can be reached without passing a block that ends the program.
  llvm::DenseSet<const clang::CFGBlock*> seen;
  llvm::SmallVector<const clang::CFGBlock*, 16> work = {&cfg->getEntry()};
  while (!work.empty()) {
    const clang::CFGBlock* block = work.pop_back_val();
    if (block == nullptr || block->hasNoReturnElement() || !seen.insert(block).second) continue;
    const bool ends_here = llvm::any_of(*block, [&](const clang::CFGElement& element) {
      const auto statement = element.getAs<clang::CFGStmt>();
      const auto* call =
          statement ? llvm::dyn_cast<clang::CallExpr>(statement->getStmt()) : nullptr;
      return call != nullptr && call->getDirectCallee() != nullptr &&
             never_returns(call->getDirectCallee());
    });
    if (!ends_here) work.append(block->succ_begin(), block->succ_end());
  }
  return never_returns_[function->getCanonicalDecl()] = !seen.contains(&cfg->getExit());
}

}  // namespace sluice::checker
