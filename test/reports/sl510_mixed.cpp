// A group that is counted by add and done here and by its own go() there: noted for those who ask.
// RUN: env SLUICE_DEBUG=wait,verbose %programs/sl510_mixed 2>&1 | %FileCheck %s
// RUN: env SLUICE_DEBUG=wait %programs/sl510_mixed 2>&1 | %FileCheck --allow-empty --check-prefix=PLAIN %s
#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.add(1);
    sluice::go([&] { wg.done(); });
    wg.go([] {});
    wg.wait();
  });
}
// CHECK: sluice: note[SL510]: 'wg' is counted in two ways, by add and by its own go()
// CHECK: sl510_mixed.cpp:12 main::{lambda}
// PLAIN-NOT: SL
// UNSUPPORTED: asan
