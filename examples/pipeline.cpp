// A pipeline that can be cancelled: each stage gives up when `done` is closed, closes its own
// channel on the way out, and so lets the next stage end. No goroutine is left behind.
// From the API's description; the done channel is what a Context carries inside.
#include <cstdio>

#include <sluice/sluice.hpp>

sluice::RecvChan<int> generate(sluice::WaitGroup& stages, sluice::RecvChan<> done) {
  auto out = sluice::make_chan<int>();
  stages.go([=] {
    sluice::Defer close{[&] { out.close(); }};
    for (int n = 1;; ++n) {
      switch (sluice::select(sluice::on_send(out, n), sluice::on_recv(done))) {
        case 0:
          break;
        case 1:
          return;
      }
    }
  });
  return out;
}

sluice::RecvChan<int> square(sluice::WaitGroup& stages, sluice::RecvChan<> done,
                             sluice::RecvChan<int> in) {
  auto out = sluice::make_chan<int>();
  stages.go([=] {
    sluice::Defer close{[&] { out.close(); }};
    for (int n : in) {
      switch (sluice::select(sluice::on_send(out, n * n), sluice::on_recv(done))) {
        case 0:
          break;
        case 1:
          return;
      }
    }
  });
  return out;
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup stages;
    auto done = sluice::make_chan();
    auto squares = square(stages, done, generate(stages, done));
    for (int square : squares) {
      std::printf("%d\n", square);
      if (square >= 25) break;
    }
    done.close();  // enough
    stages.wait();
    std::puts("both stages have ended");
  });
}
