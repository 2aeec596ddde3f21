// Symbolic values and places: what an expression stands for, without knowing the number. Equal
// things are the same pointer. Knows the names of declarations, and nothing of states or control
// flow.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Allocator.h"

namespace sluice::checker {

enum class ValueKind : std::uint8_t {
  // Places: something that has an address. A lock is named by its place.
  variable,    // decl
  temporary,   // statement
  deref,       // what the pointer parts[0] points to
  field,       // decl of the place parts[0]
  element,     // index parts[1] of the place parts[0]
  guard_lock,  // which lock (`number`) the guard at parts[0] manages; holds an address
  guard_owns,  // whether the guard at parts[0] owns its locks
  // Values.
  constant,   // number
  load,       // what the place parts[0] held when the function was entered
  address,    // of the place parts[0]
  self,       // `this`
  function,   // decl
  call,       // of decl with parts as arguments, for calls whose value depends on them alone
  equal,      // parts[0] == parts[1]
  less,       // parts[0] < parts[1]
  negate,     // !parts[0]
  operation,  // parts[0] op parts[1], op in `number`
  closure,    // made by a lambda expression
  opaque,     // made at a statement or block, in parts[0] if any; generation in `number`
  unknown,    // nothing is known; not even equal to itself
};

struct Value {
  ValueKind kind = ValueKind::unknown;
  bool has_unknown = false;  // it or something inside it is unknown
  bool has_opaque = false;
  std::uint64_t opaques = 0;  // a bit for each opaque value in it; several may share one
  unsigned id = 0;            // in order of creation, for sorting
  unsigned depth = 1;
  unsigned hash = 0;          // of what it is made of
  const void* tag = nullptr;  // the decl, statement or block
  std::int64_t number = 0;
  llvm::ArrayRef<const Value*> parts;

  const clang::ValueDecl* decl() const { return static_cast<const clang::ValueDecl*>(tag); }
  const Value* base() const { return parts.empty() ? nullptr : parts[0]; }
  bool is_constant(std::int64_t value) const {
    return kind == ValueKind::constant && number == value;
  }
  bool is_boolean() const {
    return kind == ValueKind::equal || kind == ValueKind::less || kind == ValueKind::negate;
  }
  // Whether this place is `prefix` or lies inside the object there.
  bool is_inside(const Value* prefix) const;
  bool mentions(const Value* other) const;
  // False when `other`, of whatever generation, is surely not in it.
  bool may_mention(const Value* other) const { return (other->opaques & ~opaques) == 0; }
};

// Makes values, each once. The factories simplify: what a program writes in two ways is one value.
class Values {
 public:
  const Value* unknown() const { return unknown_; }
  const Value* variable(const clang::VarDecl* decl);
  const Value* temporary(const clang::Stmt* statement);
  const Value* deref(const Value* pointer);
  const Value* field(const Value* base, const clang::FieldDecl* decl);
  const Value* element(const Value* base, const Value* index);
  const Value* guard_lock(const Value* guard, std::int64_t number);
  const Value* guard_owns(const Value* guard);
  const Value* constant(std::int64_t number);
  const Value* result_slot();  // where a function leaves what it returns
  const Value* load(const Value* place);
  const Value* address(const Value* place);
  const Value* self();
  const Value* function(const clang::FunctionDecl* decl);
  const Value* call(const clang::FunctionDecl* decl, llvm::ArrayRef<const Value*> arguments);
  const Value* equal(const Value* left, const Value* right);
  const Value* less(const Value* left, const Value* right);
  const Value* negate(const Value* value);
  const Value* operation(clang::BinaryOperatorKind op, const Value* left, const Value* right);
  const Value* closure(const clang::Expr* lambda);
  const Value* opaque(const void* site, const Value* place, std::int64_t generation = 0);
  // As the condition of an `if`: 0 or 1.
  const Value* truth(const Value* value);

  // `value` with other parts, simplified again.
  const Value* with_parts(const Value* value, llvm::ArrayRef<const Value*> parts);
  // `value` with every part for which `change` returns something else than null replaced by that.
  const Value* replace(const Value* value, llvm::function_ref<const Value*(const Value*)> change);

  Values();

 private:
  const Value* make(ValueKind kind, const void* tag, std::int64_t number,
                    llvm::ArrayRef<const Value*> parts);
  void grow();

  // A chain such as p->next->next->... ends here; a longer one is unknown.
  static constexpr unsigned kDeepest = 14;

  llvm::BumpPtrAllocator memory_;
  std::vector<const Value*> table_;  // by hash, each where it or the next free slot is
  unsigned next_id_ = 1;
  const Value* unknown_ = nullptr;
};

}  // namespace sluice::checker
