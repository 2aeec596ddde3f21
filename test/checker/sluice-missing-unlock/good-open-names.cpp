// RUN: %check_all %s
// expected-no-diagnostics
// Functions that leave a lock for another file to release.
#include "Inputs/registry.hpp"

// Nothing is done under the lock: taking it is what the function is for.
void close_for_changes(Registry& registry) {
  registry.ids.reserve(10);
  registry.mu.lock();
}
bool shut(Registry& registry) {
  registry.mu.lock();
  return true;
}

// It says that something begins.
void begin_changes(Registry& registry) {
  registry.mu.lock();
  registry.ids.clear();
}

// Another function here releases it for whoever took it.
void change(Registry& registry) {
  registry.mu.lock();
  registry.ids.push_back(0);
}
void commit(Registry& registry) {
  registry.ids.push_back(1);
  registry.mu.unlock();
}
