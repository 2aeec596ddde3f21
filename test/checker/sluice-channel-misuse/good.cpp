// RUN: %check_all %s
// expected-no-diagnostics
#include <sluice/sluice.hpp>

void last(sluice::Chan<int> ch) {
  for (int i = 0; i < 3; ++i) ch.send(i);
  ch.close();
  while (ch.recv()) {
  }
}
void early(sluice::Chan<int> ch, bool empty) {
  if (empty) {
    ch.close();
    return;
  }
  ch.send(1);
  ch.close();
}
void another(sluice::Chan<int> ch) {
  ch.close();
  ch = sluice::make_chan<int>(1);
  ch.send(1);
  ch.close();
}
void renew(sluice::Chan<int>* ch);
void by_pointer(sluice::Chan<int> ch) {
  ch.close();
  renew(&ch);
  ch.send(1);
}
void of_another(sluice::Chan<int> a, sluice::Chan<int> b) {
  a.close();
  b.send(1);
  b.close();
}
void by_goroutine(sluice::Chan<int> ch) {
  sluice::go([ch] { ch.close(); });
  ch.recv();
}
