// Forgets what a path can not come back to: states that differ in that alone are one.
#include "llvm/ADT/SmallPtrSet.h"
#include "paths/state.hpp"

namespace sluice::checker {
namespace {

// Opaque values that can still be asked for.
class Named {
 public:
  void add(const Value* value) {
    if (!value->has_opaque) return;
    if (value->kind == ValueKind::opaque) {
      values_.insert(value);
      return;
    }
    for (const Value* part : value->parts) add(part);
  }

  // Whether what is left of the path can come to this value or place.
  bool contains(const Value* value) const {
    if (!value->has_opaque) return true;
    if (value->kind == ValueKind::opaque) return values_.contains(value);
    return llvm::all_of(value->parts, [this](const Value* part) { return contains(part); });
  }

 private:
  llvm::SmallPtrSet<const Value*, 32> values_;
};

bool names(const clang::Stmt* statement, const clang::VarDecl* variable) {
  if (statement == nullptr) return false;
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(statement);
  return (name != nullptr && name->getDecl()->getCanonicalDecl() == variable) ||
         llvm::any_of(statement->children(),
                      [&](const clang::Stmt* child) { return names(child, variable); });
}

}  // namespace

void State::forget_dead(const Liveness& liveness, const clang::CFGBlock* block) {
  llvm::erase_if(memory_, [&](const auto& entry) {
    if (entry.first->kind != ValueKind::variable) return false;
    const auto* variable = llvm::cast<clang::VarDecl>(entry.first->decl());
    // Whether a release may be written like the taking depends on what is in it now.
    return liveness.is_dead(block, variable) &&
           llvm::none_of(locks, [&](const HeldLock& lock) { return names(lock.site, variable); });
  });
  llvm::erase_if(results_, [&](const auto& entry) { return liveness.is_dead(block, entry.first); });

  Named named;
  for (const auto& [expression, value] : results_) named.add(value);
  for (const HeldLock& lock : locks) named.add(lock.place);
  for (const HeldLock& lock : taken) named.add(lock.place);
  // What leads on from a place that can be reached, and what other places hold of that.
  llvm::SmallVector<std::pair<const Value*, const Value*>, 16> left;
  const auto follow = [&](const std::pair<const Value*, const Value*>& entry) {
    const bool leads =
        named.contains(entry.first) || (entry.second->kind != ValueKind::constant &&
                                        !entry.second->has_unknown && named.contains(entry.second));
    if (leads) named.add(entry.second);
    return leads;
  };
  for (const auto& entry : memory_) {
    if (!follow(entry)) left.push_back(entry);
  }
  for (std::size_t before = left.size() + 1; left.size() < before;) {
    before = left.size();
    llvm::erase_if(left, follow);
  }
  if (!left.empty()) {
    llvm::erase_if(memory_, [&](const auto& entry) { return llvm::is_contained(left, entry); });
  }
  llvm::erase_if(facts_, [&](const Fact& fact) { return !named.contains(fact.subject); });
}

}  // namespace sluice::checker
