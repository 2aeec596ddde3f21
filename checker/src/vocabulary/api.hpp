// Functions that checks ask about by what they do, whichever library they are of. Locks and guards
// have a table of their own, in vocabulary.hpp. Knows names, not code.
#pragma once

#include <cstdint>

#include "clang/AST/Decl.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace sluice::checker {

enum class Api : std::uint8_t {
  none,
  spawn,      // runs a callable on a goroutine or thread of its own
  group_add,  // WaitGroup
  group_done,
  join,  // waits until goroutines or threads that were started have ended
  send,
  receive,
  close,
  receive_case,  // of a select
  select,
  try_select,
  after,         // a channel on which the time comes once
  cond_wait,     // no predicate is given
  sleep,         // the whole thread does
  park,          // the goroutine waits for something else
  make_context,  // returns what ends the context beside it
  defer,         // a constructor: runs a callable when the scope ends
};

class ApiTable {
 public:
  ApiTable();
  Api of(const clang::FunctionDecl* function);

 private:
  llvm::StringMap<Api> by_name_;
  llvm::StringMap<char> last_names_;  // most declarations are turned away by this
  llvm::DenseMap<const clang::FunctionDecl*, Api> cache_;
};

}  // namespace sluice::checker
