// RUN: %check_all %s
// More than a goroutine's stack has room for.
#include <array>

#include <sluice/sluice.hpp>

void fill(char*);
void fill(std::array<int, 100000>&);

void reads() {
  char buffer[1 << 20];  // expected-warning {{'buffer' takes 1024 KiB, and a goroutine's stack has 256; put it on the heap, or give the goroutine a 'GoOptions::stack_size'}}
  fill(buffer);
}
void serve() {
  sluice::go([] { reads(); });
  sluice::go([] {
    std::array<int, 100000> numbers;  // expected-warning {{'numbers' takes 390 KiB}}
    fill(numbers);
  });
}
