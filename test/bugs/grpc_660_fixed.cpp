// A benchmark client that makes one call after the other until it is told to stop.
// Fixed: the channel of the results has a slot, so that a sender does not depend on the loop; main
// waits for the loop and its calls.
#include <atomic>
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class BenchmarkClient : public std::enable_shared_from_this<BenchmarkClient> {
 public:
  void start() {
    running_.add();
    sluice::go({.name = "close loop"}, [self = shared_from_this()] {
      self->close_loop();
      self->running_.done();
    });
  }

  void stop() {
    stop_.close();
    running_.wait();
  }

 private:
  void close_loop() {
    auto done = sluice::make_chan<bool>(1);
    while (true) {
      running_.add();
      sluice::go({.name = "call"}, [self = shared_from_this(), done] {
        done.send(self->unary_call());
        self->running_.done();
      });
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
  sluice::WaitGroup running_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto client = std::make_shared<BenchmarkClient>();
    client->start();
    client->stop();
  });
}
