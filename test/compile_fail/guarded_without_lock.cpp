// expect(clang): requires holding mutex 'mu'
// Clang's -Wthread-safety understands Lock and the annotations; gcc takes them as comments.
#include <sluice/sluice.hpp>

struct Account {
  sluice::Mutex mu;
  int balance SLUICE_GUARDED_BY(mu) = 0;

  int read() {
#ifndef MISTAKE
    sluice::Lock lock(mu);
#endif
    return balance;
  }
};
