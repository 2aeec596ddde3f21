// Every lock API that the checks know, as rows of a table; the engine knows only what is here.
// Knows names, not code.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "sluice-checker/configuration.hpp"

namespace sluice::checker {

enum class Effect : std::uint8_t {
  acquire,
  release,
  // Lets the lock go while it waits and has it again on return: a condition variable.
  keep,
};

// What the returned value says about an acquisition.
enum class Success : std::uint8_t { always, if_true, if_zero, if_minus_one };

constexpr int kObject = -1;        // the lock is the object that the method is called on
constexpr int kAllArguments = -2;  // every argument is a lock: std::lock
constexpr int kNamed = -3;         // always the same lock, which no argument tells

struct LockFunction {
  std::string_view name;  // qualified, without inline namespaces: `std::mutex::lock`
  Effect effect;
  Success success = Success::always;
  bool shared = false;
  int lock = kObject;             // which argument is the lock, or one of the above
  std::string_view release = {};  // what undoes an acquisition, for fix-its: `unlock`
  bool recursive = false;         // may be taken again by its owner
  bool gives_up = false;          // rather than to wait for ever: a try, or one with a time limit
  std::string_view named = {};    // the variable that is the lock: kNamed

  bool is_acquire() const { return effect == Effect::acquire; }
  bool tries() const {
    return gives_up || success == Success::if_true || success == Success::if_minus_one;
  }
};

// A class whose objects hold locks for the length of a scope.
struct GuardType {
  std::string_view name;
  bool shared = false;
  bool movable = false;  // has lock, unlock, release, owns_lock, as std::unique_lock
};

// What a method of a movable guard does.
enum class GuardMethod : std::uint8_t { none, lock, try_lock, unlock, release, owns, mutex };

// A function or constructor that runs a callable on a goroutine or a thread of its own.
struct Spawner {
  std::string_view name;
  std::string_view what;  // "goroutine" or "thread"
};

struct Rows {
  llvm::ArrayRef<LockFunction> functions;
  llvm::ArrayRef<GuardType> guards;
  llvm::ArrayRef<Spawner> spawners;
};

// In files of their own: sluice.cpp, std.cpp, pthread.cpp.
Rows sluice_rows();
Rows std_rows();
Rows pthread_rows();
// In others.cpp.
Rows c11_rows();
Rows abseil_rows();
Rows boost_rows();
Rows llvm_rows();
Rows qt_rows();
Rows folly_rows();
Rows windows_rows();

// The identifier of `decl`, or nothing. A constructor is looked up as `std::thread::thread`.
llvm::StringRef simple_name(const clang::NamedDecl* decl);
// The qualified name of `decl` with inline namespaces and template arguments left out.
std::string plain_name(const clang::NamedDecl* decl);

// Looks declarations up in the table; remembers what it found.
class Vocabulary {
 public:
  Vocabulary();

  // A project's own, before anything is looked up.
  void add(const Configuration& configuration);

  const LockFunction* lock_function(const clang::FunctionDecl* function);
  const GuardType* guard(const clang::CXXRecordDecl* record);
  // Whether an owner of such a lock may take it again, or nothing is known of that.
  bool may_be_recursive(const clang::CXXRecordDecl* lock);
  GuardMethod guard_method(const clang::FunctionDecl* function);
  const Spawner* spawner(const clang::FunctionDecl* function);

 private:
  // A name with `*` in it, and what it stands for.
  template <class Row>
  using Patterns = std::vector<std::pair<std::string, const Row*>>;
  template <class Row>
  static const Row* match(const Patterns<Row>& patterns, llvm::StringRef name);

  void add(const Rows& rows);
  void add(const ConfiguredLock& lock, const std::string& name, Effect effect, bool gives_up);

  llvm::StringMap<const LockFunction*> functions_;
  llvm::StringMap<const GuardType*> guards_;
  llvm::StringMap<const Spawner*> spawners_;
  llvm::StringMap<char>
      last_names_;  // of functions and spawners: most declarations are turned away by this
  // What a configuration has added.
  std::deque<LockFunction> own_functions_;
  std::deque<GuardType> own_guards_;
  std::deque<Spawner> own_spawners_;
  Patterns<LockFunction> function_patterns_;
  Patterns<GuardType> guard_patterns_;
  Patterns<Spawner> spawner_patterns_;
  llvm::DenseMap<const clang::FunctionDecl*, const LockFunction*> function_cache_;
  llvm::DenseMap<const clang::CXXRecordDecl*, const GuardType*> guard_cache_;
};

}  // namespace sluice::checker
