// expect: no member named 'recv'
// A sender's end has no recv.
#include <sluice/sluice.hpp>

void use(sluice::SendChan<int> ch) {
  ch.send(1);
#ifdef MISTAKE
  (void)ch.recv();
#endif
}
