// Finds declarations in the table of lock APIs.
#include "vocabulary/vocabulary.hpp"

#include "glob.hpp"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSwitch.h"

namespace sluice::checker {
namespace {

llvm::StringRef ref(std::string_view text) { return {text.data(), text.size()}; }

llvm::StringRef last_name(std::string_view name) { return ref(name).rsplit("::").second; }

}  // namespace

llvm::StringRef simple_name(const clang::NamedDecl* decl) {
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructorDecl>(decl))
    return made->getParent()->getName();
  const clang::IdentifierInfo* name = decl->getIdentifier();
  return name == nullptr ? llvm::StringRef() : name->getName();
}

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
  add(c11_rows());
  add(abseil_rows());
  add(boost_rows());
  add(llvm_rows());
  add(qt_rows());
  add(folly_rows());
  add(windows_rows());
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

void Vocabulary::add(const ConfiguredLock& lock, const std::string& name, Effect effect,
                     bool gives_up) {
  LockFunction& row = own_functions_.emplace_back();
  row.name = name;
  row.effect = effect;
  row.shared = lock.shared;
  row.recursive = lock.recursive;
  row.lock = lock.lock == "object" ? kObject : lock.lock[0] - '0';
  if (!lock.named.empty()) {
    row.lock = kNamed;
    row.named = lock.named;
  }
  if (effect == Effect::acquire) {
    const llvm::StringRef release = lock.release.front();
    if (!release.contains('*')) {
      const llvm::StringRef last = row.lock == kObject ? release.rsplit("::").second : release;
      const llvm::StringRef spelled = last.empty() ? release : last;
      row.release = {spelled.data(), spelled.size()};
    }
    row.gives_up = gives_up;
    if (gives_up) row.success = lock.success == "zero" ? Success::if_zero : Success::if_true;
  }
  if (llvm::StringRef(name).contains('*')) {
    function_patterns_.push_back({name, &row});
  } else {
    functions_[name] = &row;
    last_names_[name.find("::") == std::string::npos ? llvm::StringRef(name) : last_name(name)] = 1;
  }
}

void Vocabulary::add(const Configuration& configuration) {
  for (const ConfiguredLock& lock : configuration.locks) {
    for (const std::string& name : lock.acquire) add(lock, name, Effect::acquire, false);
    for (const std::string& name : lock.attempt) add(lock, name, Effect::acquire, true);
    for (const std::string& name : lock.release) add(lock, name, Effect::release, false);
  }
  for (const ConfiguredGuard& guard : configuration.guards) {
    const GuardType& row = own_guards_.emplace_back(
        GuardType{.name = guard.type, .shared = guard.shared, .movable = guard.movable});
    if (llvm::StringRef(guard.type).contains('*')) {
      guard_patterns_.push_back({guard.type, &row});
    } else {
      guards_[guard.type] = &row;
    }
  }
  for (const ConfiguredSpawner& spawner : configuration.spawners) {
    const Spawner& row = own_spawners_.emplace_back(Spawner{spawner.function, spawner.what});
    if (llvm::StringRef(spawner.function).contains('*')) {
      spawner_patterns_.push_back({spawner.function, &row});
    } else {
      spawners_[spawner.function] = &row;
    }
  }
}

template <class Row>
const Row* Vocabulary::match(const Patterns<Row>& patterns, llvm::StringRef name) {
  for (const auto& [pattern, row] : patterns) {
    if (glob_matches(pattern, {name.data(), name.size()})) return row;
  }
  return nullptr;
}

const LockFunction* Vocabulary::lock_function(const clang::FunctionDecl* function) {
  if (function == nullptr) return nullptr;
  function = function->getCanonicalDecl();
  const llvm::StringRef name = simple_name(function);
  if (name.empty() || (function_patterns_.empty() && !last_names_.contains(name))) return nullptr;
  const auto [entry, is_new] = function_cache_.try_emplace(function, nullptr);
  if (is_new) {
    const std::string whole = plain_name(function);
    entry->second = functions_.lookup(whole);
    if (entry->second == nullptr) entry->second = match(function_patterns_, whole);
  }
  return entry->second;
}

const GuardType* Vocabulary::guard(const clang::CXXRecordDecl* record) {
  if (record == nullptr || record->getIdentifier() == nullptr) return nullptr;
  record = record->getCanonicalDecl();
  const auto [entry, is_new] = guard_cache_.try_emplace(record, nullptr);
  if (is_new) {
    const std::string whole = plain_name(record);
    entry->second = guards_.lookup(whole);
    if (entry->second == nullptr) entry->second = match(guard_patterns_, whole);
  }
  return entry->second;
}

bool Vocabulary::may_be_recursive(const clang::CXXRecordDecl* lock) {
  if (lock == nullptr || lock->getIdentifier() == nullptr) return true;
  const LockFunction* row = functions_.lookup(plain_name(lock) + "::lock");
  return row == nullptr || row->recursive;
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
  const std::string whole = plain_name(function);
  const Spawner* row = spawners_.lookup(whole);
  return row != nullptr ? row : match(spawner_patterns_, whole);
}

}  // namespace sluice::checker
