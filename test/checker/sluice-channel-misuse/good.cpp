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

// Waited for, in one way or another.
void after_the_senders(sluice::Chan<int> ch) {
  sluice::WaitGroup wg;
  wg.go([ch] { ch.send(1); });
  wg.wait();
  ch.close();
}
void after_the_values(sluice::Chan<int> ch) {
  for (int i = 0; i < 3; ++i) sluice::go([=] { ch.send(i); });
  for (int i = 0; i < 3; ++i) ch.recv();
  ch.close();
}
void by_who_waits(sluice::Chan<int> ch) {
  sluice::WaitGroup wg;
  wg.go([ch] { ch.send(1); });
  sluice::go([&wg, ch] {
    wg.wait();
    ch.close();
  });
  for (int each : ch) (void)each;
  wg.wait();
}
// It expects that.
void expected(sluice::Chan<int> ch) {
  sluice::go([ch] {
    try {
      ch.send(1);
    } catch (...) {
    }
  });
  ch.close();
}
// Who is started receives.
void to_a_receiver(sluice::Chan<int> ch) {
  sluice::go([ch] {
    while (ch.recv()) {
    }
  });
  ch.close();
}
