// RUN: %check_all %s
// expected-no-diagnostics
#include <memory>
#include <thread>
#include <vector>

#include <sluice/sluice.hpp>

void fill(char*);

void small() {
  char buffer[4096];
  fill(buffer);
}
void on_the_heap() {
  std::vector<char> buffer(1 << 20);
  fill(buffer.data());
  static char kept[1 << 20];
  fill(kept);
}
void large() {
  char buffer[1 << 20];
  fill(buffer);
}
void serve() {
  sluice::go(small);
  sluice::go(on_the_heap);
  sluice::go({.stack_size = 4 << 20}, [] {
    char buffer[1 << 20];
    fill(buffer);
  });
  std::thread(large).join();
}
