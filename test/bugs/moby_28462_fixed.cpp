// A container's state changes under its lock, and a change to "stopped" closes the health monitor's
// channel, which waits for nobody. The monitor needs the container's lock for its probes.
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class Container : public std::enable_shared_from_this<Container> {
 public:
  Container() {
    sluice::debug::name(&mu_, "container.mu");
    sluice::debug::name(&stop_monitor_, "container.stop_monitor");
  }

  void start() {
    sluice::Lock guard(mu_);
    running_ = true;
    monitoring_.go([self = shared_from_this()] { self->monitor(); });
  }

  void wait() { monitoring_.wait(); }

  void stop() {
    sluice::Lock guard(mu_);
    running_ = false;
    stop_monitor_.close();
  }

 private:
  void monitor() {
    for (;;) {
      switch (sluice::try_select(sluice::on_recv(stop_monitor_))) {
        case 0:
          return;
        default:
          probe();
      }
    }
  }

  void probe() {
    sluice::Lock guard(mu_);
    healthy_ = running_;
  }

  sluice::WaitGroup monitoring_;
  sluice::Mutex mu_;
  bool running_ = false;
  bool healthy_ = false;
  sluice::Chan<> stop_monitor_ = sluice::make_chan();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto container = std::make_shared<Container>();
    container->start();
    sluice::WaitGroup stopping;
    stopping.go([container] { container->stop(); });
    stopping.wait();
    container->wait();
  });
}
