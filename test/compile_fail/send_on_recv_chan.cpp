// expect: no member named 'send'
// A receiver's end has no send: the direction is part of the type.
#include <sluice/sluice.hpp>

void use(sluice::RecvChan<int> ch) {
  (void)ch.recv();
#ifdef MISTAKE
  ch.send(1);
#endif
}
