// Locks with ranks, one of them taken against its rank: told at once, whatever others do.
// RUN: env SLUICE_DEBUG=check %programs/sl104_rank 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::Mutex accounts, log_file;
int lines = 0;

[[gnu::noinline]] void flush() {
  sluice::Lock file(log_file);
  sluice::Lock money(accounts);
  ++lines;
}

int main() {
  return sluice::run([] {
    sluice::debug::rank(&accounts, 1);
    sluice::debug::rank(&log_file, 2);
    {
      sluice::Lock money(accounts);
      sluice::Lock file(log_file);
      ++lines;
    }
    flush();
  });
}
// CHECK: sluice: error[SL104]: goroutine 1 (main) locks 'accounts' of rank 1 while it holds 'log_file' of rank 2
// CHECK-NEXT: certainty: certain - a lock may be taken only under locks of a lower rank
// CHECK: sl104_rank.cpp:9 flush
// CHECK: ^ 'log_file' is held from here
// CHECK: sl104_rank.cpp:10 flush
// CHECK: ^ 'accounts' is requested here
// CHECK-NOT: error
