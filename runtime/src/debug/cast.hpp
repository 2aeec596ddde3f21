// Whom and what the report speaks of that is being written on this thread. The functions that make
// words of goroutines and objects note them here, so that no detector has to tell them twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "debug/graph.hpp"

namespace sluice::checked {

struct Place {
  std::string function;  // empty: unknown
  std::string file;      // as the compiler was given it; empty: unknown
  int line = 0;          // 0: unknown
  int column = 0;
};

struct CastGoroutine {
  std::uint64_t uid = 0;
  std::uint64_t id = 0;  // 0: a thread that the runtime did not start
  std::uint64_t parent_id = 0;
  std::string name;
  const void* creation_pc = nullptr;
  Place started;  // found out by the reporter
};

struct CastObject {
  std::uint64_t id = 0;
  std::string kind;  // "Mutex"
  std::uint32_t number = 0;
  std::string name;     // empty: none
  std::string created;  // "created bank.h:31"; empty: unknown
  std::string essence;  // what it is called in every run: for fingerprints
};

struct Cast {
  std::vector<CastGoroutine> goroutines;
  std::vector<CastObject> objects;
  Graph graph;

  // That of the report being written on this thread; one that nobody reads when there is none.
  static Cast& current();

  void meet(CastGoroutine goroutine);
};

// Makes `cast` the current one of this thread for as long as it lives.
class CastScope {
 public:
  explicit CastScope(Cast& cast);
  ~CastScope();
  CastScope(const CastScope&) = delete;

 private:
  Cast* const before_;
};

}  // namespace sluice::checked
