// Go's `select` with `default:`: a bounded queue that refuses instead of waiting when it is full.
// From the API's description.
#include <cstdio>

#include <sluice/sluice.hpp>

bool offer(sluice::SendChan<int> queue, int request) {
  switch (sluice::try_select(sluice::on_send(queue, request))) {
    case 0:
      return true;
    default:  // no case was ready
      return false;
  }
}

int main() {
  return sluice::run([] {
    auto queue = sluice::make_chan<int>(2);
    for (int request = 1; request <= 4; ++request) {
      std::printf("request %d: %s\n", request, offer(queue, request) ? "queued" : "refused");
    }
    queue.recv();
    std::printf("request 5: %s\n", offer(queue, 5) ? "queued" : "refused");
  });
}
