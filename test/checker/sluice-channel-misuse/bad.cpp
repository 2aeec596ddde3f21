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
