// A container's state changes under its lock, and a change to "stopped" sends stop to the health
// monitor. The monitor, which would receive it between two probes, needs the container's lock for
// the probe.
#include <chrono>
#include <memory>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

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
    sluice::go({.name = "health_monitor"}, [self = shared_from_this()] { self->monitor(); });
  }

  void stop() {
    sluice::Lock guard(mu_);
    running_ = false;
    stop_monitor_.send();
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
    auto stopped = sluice::make_chan();
    sluice::go({.name = "stop_container"}, [container, stopped] {
      container->stop();
      stopped.close();
    });
    sluice::select(sluice::on_recv(stopped), sluice::on_recv(sluice::after(20ms)));
  });
}
