// A gossip client: a goroutine bootstraps, then manages its connections until it is closed.
// Bug: bootstrap leaves its loop with the mutex locked when the client has been closed, and manage,
// next in the same goroutine, locks it again.
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class Gossip : public std::enable_shared_from_this<Gossip> {
 public:
  Gossip() { sluice::debug::name(&mu_, "gossip.mu"); }

  void start() {
    sluice::go({.name = "gossip"}, [self = shared_from_this()] {
      self->bootstrap();
      self->manage();
    });
  }

  void close() {
    sluice::Lock lock(mu_);
    closed_ = true;
  }

 private:
  void bootstrap() {
    while (true) {
      mu_.lock();
      if (closed_) break;
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
  });
}
