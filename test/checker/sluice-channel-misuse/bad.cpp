// RUN: %check_all %s
#include <sluice/sluice.hpp>

void sends(sluice::Chan<int> ch) {
  ch.send(1);
  ch.close();
  ch.send(2);  // expected-warning {{'ch' is sent to after it was closed, which panics}}
}
void closes(sluice::SendChan<int> ch, bool early) {
  ch.close();
  if (early) {
    ch.close();  // expected-warning {{'ch' is closed twice, which panics}}
  }
}
struct Server {
  sluice::Chan<> stopped = sluice::make_chan();
  void stop() {
    stopped.close();
    for (int i = 0; i < 3; ++i) stopped.send();  // expected-warning {{'stopped' is sent to after it was closed}}
  }
};

// The goroutine that was started may come to its send after the close.
void too_early(sluice::Chan<int> ch) {
  sluice::go([ch] { ch.send(1); });
  ch.close();  // expected-warning {{'ch' is closed while a goroutine that was started before may not have sent to it yet, which panics; wait for it first}}
}
void sender(sluice::SendChan<int> results) { results.send(42); }
void too_early_for_a_callee() {
  auto results = sluice::make_chan<int>();
  sluice::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.go([&] { sender(results); });
  }
  results.close();  // expected-warning {{'results' is closed while a goroutine}}
  wg.wait();
}
