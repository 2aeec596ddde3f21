// Makes symbolic values and simplifies them while it does.
#include "paths/value.hpp"

#include <algorithm>
#include <limits>

#include "clang/AST/DeclCXX.h"

namespace sluice::checker {
namespace {

bool commutes(clang::BinaryOperatorKind op) {
  return op == clang::BO_Add || op == clang::BO_Mul || op == clang::BO_And || op == clang::BO_Or ||
         op == clang::BO_Xor;
}

unsigned hash_of(ValueKind kind, const void* tag, std::int64_t number,
                 llvm::ArrayRef<const Value*> parts) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  std::uint64_t hash = (reinterpret_cast<std::uintptr_t>(tag) >> 3) * kOdd;
  hash = (hash ^ static_cast<std::uint64_t>(number) ^ static_cast<std::uint64_t>(kind)) * kOdd;
  for (const Value* part : parts) hash = (hash ^ (hash >> 29) ^ part->id) * kOdd;
  return static_cast<unsigned>(hash >> 32);
}

}  // namespace

bool Value::is_inside(const Value* prefix) const {
  for (const Value* place = this; place != nullptr; place = place->base()) {
    if (place == prefix) return true;
    const bool part_of_base =
        place->kind == ValueKind::field || place->kind == ValueKind::element ||
        place->kind == ValueKind::guard_lock || place->kind == ValueKind::guard_owns;
    if (!part_of_base) return false;
  }
  return false;
}

bool Value::mentions(const Value* other) const {
  if (this == other) return true;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const Value* part) { return part->mentions(other); });
}

Values::Values() {
  auto* value = new (memory_.Allocate<Value>()) Value();
  value->has_unknown = true;
  unknown_ = value;
  table_.resize(1024);
}

void Values::grow() {
  std::vector<const Value*> known(table_.size() * 2);
  known.swap(table_);
  for (const Value* value : known) {
    if (value == nullptr) continue;
    std::size_t at = value->hash & (table_.size() - 1);
    while (table_[at] != nullptr) at = (at + 1) & (table_.size() - 1);
    table_[at] = value;
  }
}

const Value* Values::make(ValueKind kind, const void* tag, std::int64_t number,
                          llvm::ArrayRef<const Value*> parts) {
  const unsigned hash = hash_of(kind, tag, number, parts);
  std::size_t at = hash & (table_.size() - 1);
  for (; const Value* known = table_[at]; at = (at + 1) & (table_.size() - 1)) {
    if (known->hash == hash && known->kind == kind && known->tag == tag &&
        known->number == number && known->parts == parts)
      return known;
  }
  unsigned depth = 1;
  bool has_unknown = false;
  bool has_opaque = kind == ValueKind::opaque;
  std::uint64_t opaques = 0;
  if (has_opaque) {
    const void* place = parts.empty() ? nullptr : parts[0];
    opaques = std::uint64_t{1} << (llvm::hash_combine(tag, place) % 64);
  }
  for (const Value* part : parts) {
    depth = std::max(depth, part->depth + 1);
    has_unknown |= part->has_unknown;
    has_opaque |= part->has_opaque;
    opaques |= part->opaques;
  }
  if (depth > kDeepest) return unknown_;
  auto* value = new (memory_.Allocate<Value>()) Value();
  value->kind = kind;
  value->has_unknown = has_unknown;
  value->has_opaque = has_opaque;
  value->opaques = opaques;
  value->id = next_id_++;
  value->depth = depth;
  value->hash = hash;
  value->tag = tag;
  value->number = number;
  value->parts = parts.copy(memory_);
  table_[at] = value;
  if (next_id_ * 2 > table_.size()) grow();
  return value;
}

const Value* Values::variable(const clang::VarDecl* decl) {
  return make(ValueKind::variable, decl->getCanonicalDecl(), 0, {});
}

const Value* Values::temporary(const clang::Stmt* statement) {
  return make(ValueKind::temporary, statement, 0, {});
}

const Value* Values::deref(const Value* pointer) {
  if (pointer->kind == ValueKind::address) return pointer->base();
  return make(ValueKind::deref, nullptr, 0, {pointer});
}

const Value* Values::field(const Value* base, const clang::FieldDecl* decl) {
  return make(ValueKind::field, decl->getCanonicalDecl(), 0, {base});
}

const Value* Values::element(const Value* base, const Value* index) {
  return make(ValueKind::element, nullptr, 0, {base, index});
}

const Value* Values::guard_lock(const Value* guard, std::int64_t number) {
  return make(ValueKind::guard_lock, nullptr, number, {guard});
}

const Value* Values::guard_owns(const Value* guard) {
  return make(ValueKind::guard_owns, nullptr, 0, {guard});
}

const Value* Values::constant(std::int64_t number) {
  return make(ValueKind::constant, nullptr, number, {});
}

const Value* Values::result_slot() { return temporary(nullptr); }

const Value* Values::load(const Value* place) { return make(ValueKind::load, nullptr, 0, {place}); }

const Value* Values::address(const Value* place) {
  if (place->kind == ValueKind::deref) return place->base();
  return make(ValueKind::address, nullptr, 0, {place});
}

const Value* Values::self() { return make(ValueKind::self, nullptr, 0, {}); }

const Value* Values::function(const clang::FunctionDecl* decl) {
  return make(ValueKind::function, decl->getCanonicalDecl(), 0, {});
}

const Value* Values::call(const clang::FunctionDecl* decl, llvm::ArrayRef<const Value*> arguments) {
  return make(ValueKind::call, decl->getCanonicalDecl(), 0, arguments);
}

const Value* Values::equal(const Value* left, const Value* right) {
  if (left->has_unknown || right->has_unknown) return unknown_;
  if (left == right) return constant(1);
  if (left->kind == ValueKind::constant && right->kind == ValueKind::constant) return constant(0);
  // Constants stand on the right, other values in order of creation, so that `a == b` is `b == a`.
  if (left->kind == ValueKind::constant ||
      (right->kind != ValueKind::constant && right->id < left->id)) {
    std::swap(left, right);
  }
  if (right->is_constant(0) && left->is_boolean()) return negate(left);
  if (right->is_constant(1) && left->is_boolean()) return left;
  return make(ValueKind::equal, nullptr, 0, {left, right});
}

const Value* Values::less(const Value* left, const Value* right) {
  if (left->has_unknown || right->has_unknown) return unknown_;
  if (left == right) return constant(0);
  if (left->kind == ValueKind::constant && right->kind == ValueKind::constant) {
    return constant(left->number < right->number ? 1 : 0);
  }
  return make(ValueKind::less, nullptr, 0, {left, right});
}

const Value* Values::negate(const Value* value) {
  if (value->has_unknown) return unknown_;
  if (value->kind == ValueKind::negate) return truth(value->base());
  if (value->kind == ValueKind::constant) return constant(value->number == 0 ? 1 : 0);
  if (!value->is_boolean()) return equal(value, constant(0));
  return make(ValueKind::negate, nullptr, 0, {value});
}

const Value* Values::truth(const Value* value) {
  if (value->is_boolean() || value->has_unknown) return value;
  if (value->kind == ValueKind::constant) return constant(value->number != 0 ? 1 : 0);
  const Value* is_zero = equal(value, constant(0));
  return is_zero->kind == ValueKind::constant ? constant(is_zero->number == 0 ? 1 : 0)
                                              : negate(is_zero);
}

const Value* Values::operation(clang::BinaryOperatorKind op, const Value* left,
                               const Value* right) {
  if (left->has_unknown || right->has_unknown) return unknown_;
  const bool numbers = left->kind == ValueKind::constant && right->kind == ValueKind::constant;
  const std::int64_t a = left->number;
  const std::int64_t b = right->number;
  std::int64_t result = 0;
  switch (op) {
    case clang::BO_Add:
      if (numbers && !__builtin_add_overflow(a, b, &result)) return constant(result);
      if (right->is_constant(0)) return left;
      // (x + 1) + 1 is x + 2: counters stay one step from where they began.
      if (right->kind == ValueKind::constant && left->kind == ValueKind::operation &&
          left->number == clang::BO_Add && left->parts[1]->kind == ValueKind::constant &&
          !__builtin_add_overflow(left->parts[1]->number, b, &result)) {
        return operation(clang::BO_Add, left->parts[0], constant(result));
      }
      break;
    case clang::BO_Sub:
      if (numbers && !__builtin_sub_overflow(a, b, &result)) return constant(result);
      if (right->kind == ValueKind::constant && b != std::numeric_limits<std::int64_t>::min()) {
        return operation(clang::BO_Add, left, constant(-b));
      }
      break;
    case clang::BO_Mul:
      if (numbers && !__builtin_mul_overflow(a, b, &result)) return constant(result);
      break;
    case clang::BO_And:
      if (numbers) return constant(a & b);
      if (right->is_constant(0)) return right;
      // A flag that was just set or cleared.
      if (right->kind == ValueKind::constant && left->kind == ValueKind::operation &&
          left->parts[1]->kind == ValueKind::constant) {
        const std::int64_t mask = left->parts[1]->number;
        if (left->number == clang::BO_Or && (mask & b) == b) return right;
        if (left->number == clang::BO_Or && (mask & b) == 0)
          return operation(op, left->parts[0], right);
        if (left->number == clang::BO_And) return operation(op, left->parts[0], constant(mask & b));
      }
      break;
    case clang::BO_Or:
      if (numbers) return constant(a | b);
      if (right->is_constant(0)) return left;
      break;
    case clang::BO_Xor:
      if (numbers) return constant(a ^ b);
      break;
    case clang::BO_Shl:
      if (numbers && a >= 0 && b >= 0 && b < 62 && a < (std::int64_t{1} << (62 - b)))
        return constant(a << b);
      break;
    default:
      break;
  }
  if (left->kind == ValueKind::constant && commutes(op)) std::swap(left, right);
  return make(ValueKind::operation, nullptr, op, {left, right});
}

const Value* Values::closure(const clang::Expr* lambda) {
  return make(ValueKind::closure, lambda, 0, {});
}

const Value* Values::opaque(const void* site, const Value* place, std::int64_t generation) {
  if (place == nullptr) return make(ValueKind::opaque, site, generation, {});
  if (place->has_unknown) return unknown_;
  return make(ValueKind::opaque, site, generation, {place});
}

const Value* Values::with_parts(const Value* value, llvm::ArrayRef<const Value*> parts) {
  switch (value->kind) {
    case ValueKind::deref:
      return deref(parts[0]);
    case ValueKind::address:
      return address(parts[0]);
    case ValueKind::equal:
      return equal(parts[0], parts[1]);
    case ValueKind::less:
      return less(parts[0], parts[1]);
    case ValueKind::negate:
      return negate(parts[0]);
    case ValueKind::operation:
      return operation(static_cast<clang::BinaryOperatorKind>(value->number), parts[0], parts[1]);
    default:
      return make(value->kind, value->tag, value->number, parts);
  }
}

const Value* Values::replace(const Value* value,
                             llvm::function_ref<const Value*(const Value*)> change) {
  if (const Value* changed = change(value)) return changed;
  if (value->parts.empty()) return value;
  llvm::SmallVector<const Value*, 4> parts;
  bool same = true;
  for (const Value* part : value->parts) {
    parts.push_back(replace(part, change));
    same &= parts.back() == part;
  }
  return same ? value : with_parts(value, parts);
}

}  // namespace sluice::checker
