// Finds declarations in the table of lock APIs.
#include "vocabulary/vocabulary.hpp"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSwitch.h"

namespace sluice::checker {
namespace {

llvm::StringRef ref(std::string_view text) { return {text.data(), text.size()}; }

llvm::StringRef last_name(std::string_view name) { return ref(name).rsplit("::").second; }

// A constructor is looked up as `std::thread::thread`.
llvm::StringRef simple_name(const clang::NamedDecl* decl) {
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructorDecl>(decl))
    return made->getParent()->getName();
  const clang::IdentifierInfo* name = decl->getIdentifier();
  return name == nullptr ? llvm::StringRef() : name->getName();
}

}  // namespace

std::string plain_name(const clang::NamedDecl* decl) {
  llvm::SmallVector<llvm::StringRef, 6> parts = {simple_name(decl)};
  for (const clang::DeclContext* scope = decl->getDeclContext(); scope != nullptr;
       scope = scope->getParent()) {
    const auto* named = llvm::dyn_cast<clang::NamedDecl>(scope);
    if (named == nullptr || llvm::isa<clang::FunctionDecl>(scope)) continue;
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(scope);
        space != nullptr && space->isInline())
      continue;
    parts.push_back(simple_name(named));
  }
  std::string name;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!name.empty()) name += "::";
    name += part->str();
  }
  return name;
}

Vocabulary::Vocabulary() {
  add(sluice_rows());
  add(std_rows());
  add(pthread_rows());
}

void Vocabulary::add(const Rows& rows) {
  for (const LockFunction& row : rows.functions) {
    functions_[ref(row.name)] = &row;
    // Free functions of C have no `::`; rsplit then leaves the second half empty.
    last_names_[row.name.find("::") == std::string_view::npos ? ref(row.name)
                                                              : last_name(row.name)] = 1;
  }
  for (const GuardType& row : rows.guards) guards_[ref(row.name)] = &row;
  for (const Spawner& row : rows.spawners) spawners_[ref(row.name)] = &row;
}

const LockFunction* Vocabulary::lock_function(const clang::FunctionDecl* function) {
  if (function == nullptr) return nullptr;
  function = function->getCanonicalDecl();
  const llvm::StringRef name = simple_name(function);
  if (name.empty() || !last_names_.contains(name)) return nullptr;
  const auto [entry, is_new] = function_cache_.try_emplace(function, nullptr);
  if (is_new) entry->second = functions_.lookup(plain_name(function));
  return entry->second;
}

const GuardType* Vocabulary::guard(const clang::CXXRecordDecl* record) {
  if (record == nullptr || record->getIdentifier() == nullptr) return nullptr;
  record = record->getCanonicalDecl();
  const auto [entry, is_new] = guard_cache_.try_emplace(record, nullptr);
  if (is_new) entry->second = guards_.lookup(plain_name(record));
  return entry->second;
}

GuardMethod Vocabulary::guard_method(const clang::FunctionDecl* function) {
  const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
  if (method == nullptr) return GuardMethod::none;
  const GuardType* type = guard(method->getParent());
  if (type == nullptr || !type->movable) return GuardMethod::none;
  if (llvm::isa<clang::CXXConversionDecl>(method)) return GuardMethod::owns;
  return llvm::StringSwitch<GuardMethod>(simple_name(method))
      .Case("lock", GuardMethod::lock)
      .Cases("try_lock", "try_lock_for", "try_lock_until", GuardMethod::try_lock)
      .Case("unlock", GuardMethod::unlock)
      .Case("release", GuardMethod::release)
      .Case("owns_lock", GuardMethod::owns)
      .Case("mutex", GuardMethod::mutex)
      .Default(GuardMethod::none);
}

const Spawner* Vocabulary::spawner(const clang::FunctionDecl* function) {
  if (function == nullptr) return nullptr;
  const llvm::StringRef name = simple_name(function);
  if (name.empty()) return nullptr;
  return spawners_.lookup(plain_name(function));
}

}  // namespace sluice::checker
