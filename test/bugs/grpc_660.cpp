// A benchmark client that makes one call after the other until it is told to stop.
// Bug: each round starts a goroutine that makes the call and sends its result; on stop the loop
// returns without taking the last result, so its sender waits for ever.
#include <atomic>
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class BenchmarkClient : public std::enable_shared_from_this<BenchmarkClient> {
 public:
  void start() {
    sluice::go({.name = "close loop"}, [self = shared_from_this()] { self->close_loop(); });
  }

  void stop() { stop_.close(); }

 private:
  void close_loop() {
    auto done = sluice::make_chan<bool>();
    while (true) {
      sluice::go({.name = "call"},
                 [self = shared_from_this(), done] { done.send(self->unary_call()); });
      switch (sluice::select(on_recv(stop_), on_recv(done))) {
        case 0:
          return;
        default:
          ++completed_;
      }
    }
  }

  bool unary_call() { return ++calls_ % 7 != 0; }

  sluice::Chan<> stop_ = sluice::make_chan();
  std::atomic<int> calls_{0};
  int completed_ = 0;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto client = std::make_shared<BenchmarkClient>();
    client->start();
    client->stop();
  });
}
