// Goes backwards over the graph until nothing changes.
#include "paths/liveness.hpp"

#include "clang/AST/ExprCXX.h"
#include "paths/function_context.hpp"

namespace sluice::checker {
namespace {

bool has_result(const clang::Stmt* statement) {
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(statement))
    return unary->isIncrementDecrementOp();
  return llvm::isa<clang::CallExpr, clang::CXXNewExpr>(statement);
}

// The variable that an assignment or a step writes.
const clang::DeclRefExpr* written_by(const clang::Stmt* statement) {
  const clang::Expr* target = nullptr;
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(statement)) {
    if (binary->isAssignmentOp()) target = binary->getLHS();
  } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(statement)) {
    if (unary->isIncrementDecrementOp()) target = unary->getSubExpr();
  }
  return target == nullptr ? nullptr : llvm::dyn_cast<clang::DeclRefExpr>(target->IgnoreParens());
}

bool is_read_only(const clang::Stmt* use, const clang::ParentMap& parents) {
  const clang::Stmt* up = parents.getParentIgnoreParens(const_cast<clang::Stmt*>(use));
  const auto* cast = llvm::dyn_cast_or_null<clang::ImplicitCastExpr>(up);
  return cast != nullptr && cast->getCastKind() == clang::CK_LValueToRValue;
}

// Whether this use tells nobody where the variable is.
bool keeps_place(const clang::DeclRefExpr* use, const clang::ParentMap& parents) {
  if (is_read_only(use, parents)) return true;
  const clang::Stmt* up = parents.getParentIgnoreParens(const_cast<clang::DeclRefExpr*>(use));
  if (up == nullptr || written_by(up) != use) return false;
  // In C++ an assignment is the variable once more.
  const clang::Stmt* above = parents.getParentIgnoreParens(const_cast<clang::Stmt*>(up));
  return !llvm::cast<clang::Expr>(up)->isGLValue() || !llvm::isa_and_nonnull<clang::Expr>(above) ||
         is_read_only(up, parents);
}

bool may_be_followed(const clang::VarDecl* variable) {
  return variable->hasLocalStorage() && variable->getType()->isScalarType() &&
         !variable->hasAttr<clang::CleanupAttr>();
}

// All variables and expressions of a function that can be followed.
class Names {
 public:
  explicit Names(const clang::ParentMap& parents) : parents_(parents) {}

  void add(const clang::Stmt* statement, bool in_closure) {
    if (statement == nullptr) return;
    in_closure |= llvm::isa<clang::LambdaExpr, clang::BlockExpr>(statement);
    if (has_result(statement)) followed_.push_back(statement);
    if (const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(statement)) {
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(use->getDecl());
      if (variable != nullptr && may_be_followed(variable)) {
        followed_.push_back(variable->getCanonicalDecl());
        if (in_closure || !keeps_place(use, parents_)) given_.insert(variable->getCanonicalDecl());
      }
    }
    for (const clang::Stmt* child : statement->children()) add(child, in_closure);
  }

  llvm::DenseMap<const void*, unsigned> numbers() const {
    llvm::DenseMap<const void*, unsigned> numbers;
    for (const void* name : followed_) {
      if (!given_.contains(name)) numbers.try_emplace(name, numbers.size());
    }
    return numbers;
  }

 private:
  const clang::ParentMap& parents_;
  std::vector<const void*> followed_;
  llvm::DenseSet<const void*> given_;  // variables whose place somebody else knows
};

}  // namespace

Liveness::Liveness(const FunctionContext& context, const clang::ParentMap& parents) {
  const clang::CFG& cfg = *context.cfg();
  live_.resize(cfg.getNumBlockIDs());
  // The graph does not say where an exception may come from.
  if (cfg.try_blocks_begin() != cfg.try_blocks_end()) return;
  Names names(parents);
  names.add(context.function()->getBody(), false);
  if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(context.function())) {
    for (const clang::CXXCtorInitializer* init : constructor->inits())
      names.add(init->getInit(), false);
  }
  numbers_ = names.numbers();

  const auto count = static_cast<unsigned>(numbers_.size());
  std::vector<llvm::BitVector> written(live_.size(), llvm::BitVector(count));
  for (llvm::BitVector& live : live_) live.resize(count);
  for (const clang::CFGBlock* block : cfg)
    go_back(*block, live_[block->getBlockID()], written[block->getBlockID()]);
  for (const Loop& loop : context.loops()) {
    for (const clang::Expr* tested : loop.tested) read(tested, live_[loop.head->getBlockID()]);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const clang::CFGBlock* block : cfg) {
      llvm::BitVector after(count);
      for (const clang::CFGBlock* next : block->succs()) {
        if (next != nullptr) after |= live_[next->getBlockID()];
      }
      after.reset(written[block->getBlockID()]);
      llvm::BitVector& live = live_[block->getBlockID()];
      changed |= after.test(live);
      live |= after;
    }
  }
}

void Liveness::read(const clang::Stmt* statement, llvm::BitVector& live) const {
  if (statement == nullptr) return;
  const void* name = statement;
  if (const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(statement))
    name = use->getDecl()->getCanonicalDecl();
  if (const auto at = numbers_.find(name); at != numbers_.end()) live.set(at->second);
  if (const auto* opaque = llvm::dyn_cast<clang::OpaqueValueExpr>(statement))
    read(opaque->getSourceExpr(), live);
  for (const clang::Stmt* child : statement->children()) read(child, live);
}

// What the block reads before it writes it, and all that it writes.
void Liveness::go_back(const clang::CFGBlock& block, llvm::BitVector& live,
                       llvm::BitVector& written) const {
  const auto write = [&](const void* name) {
    const auto at = numbers_.find(name);
    if (at == numbers_.end()) return;
    live.reset(at->second);
    written.set(at->second);
  };
  read(block.getTerminatorCondition(false), live);
  for (const clang::CFGElement& element : llvm::reverse(block)) {
    if (const auto init = element.getAs<clang::CFGInitializer>())
      read(init->getInitializer()->getInit(), live);
    const auto statement = element.getAs<clang::CFGStmt>();
    if (!statement) continue;
    const clang::Stmt* done = statement->getStmt();
    write(done);
    if (const auto* declared = llvm::dyn_cast<clang::DeclStmt>(done)) {
      for (const clang::Decl* decl : declared->decls()) write(decl->getCanonicalDecl());
    }
    const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(done);
    const bool overwrites = binary != nullptr && binary->getOpcode() == clang::BO_Assign;
    if (const clang::DeclRefExpr* target = overwrites ? written_by(binary) : nullptr) {
      write(target->getDecl()->getCanonicalDecl());
      read(binary->getRHS(), live);
    } else if (const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(done)) {
      read(use, live);
    } else {
      for (const clang::Stmt* child : done->children()) read(child, live);
    }
  }
}

}  // namespace sluice::checker
