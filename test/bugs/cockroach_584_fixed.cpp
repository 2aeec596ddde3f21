// A gossip client: a goroutine bootstraps, then manages its connections until it is closed.
// Fixed: bootstrap unlocks on each way out of its loop, so manage can lock; main waits for the
// goroutine.
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class Gossip : public std::enable_shared_from_this<Gossip> {
 public:
  Gossip() { sluice::debug::name(&mu_, "gossip.mu"); }

  void start() {
    running_.add();
    sluice::go({.name = "gossip"}, [self = shared_from_this()] {
      self->bootstrap();
      self->manage();
      self->running_.done();
    });
  }

  void wait() { running_.wait(); }

  void close() {
    sluice::Lock lock(mu_);
    closed_ = true;
  }

 private:
  void bootstrap() {
    while (true) {
      mu_.lock();
      if (closed_) {
        mu_.unlock();
        break;
      }
      const bool connected = ++attempts_ == 3;
      mu_.unlock();
      if (connected) break;
    }
  }

  void manage() {
    while (true) {
      mu_.lock();
      if (closed_) {
        mu_.unlock();
        break;
      }
      const bool full = ++connections_ == 3;
      mu_.unlock();
      if (full) break;
    }
  }

  sluice::Mutex mu_;
  sluice::WaitGroup running_;
  bool closed_ = false;
  int attempts_ = 0;
  int connections_ = 0;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto gossip = std::make_shared<Gossip>();
    gossip->close();
    gossip->start();
    gossip->wait();
  });
}
