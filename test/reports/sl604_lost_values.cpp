// Values that are still in a channel's buffer when its last handle goes: often meant, so noted for those who ask.
// RUN: env SLUICE_DEBUG=check,verbose %programs/sl604_lost_values 2>&1 | %FileCheck %s
// RUN: env SLUICE_DEBUG=check %programs/sl604_lost_values 2>&1 | %FileCheck --allow-empty --check-prefix=PLAIN %s
#include <sluice/sluice.hpp>

[[gnu::noinline]] int race() {
  auto answers = sluice::make_chan<int>(4);
  for (int i = 0; i < 3; ++i) answers.send(i);
  return *answers.recv();
}

int main() {
  return sluice::run([] { return race(); });
}
// CHECK: sluice: note[SL604]: 2 values are lost with {{.*}}: nobody has received them
// CHECK: sl604_lost_values.cpp:{{[0-9]+}} race
// CHECK: created sl604_lost_values.cpp:7
// PLAIN-NOT: SL
