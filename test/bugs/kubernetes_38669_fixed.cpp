// A watcher of a cache: it first replays the events that lie before the watch, then passes on those
// that come in, until it is stopped.
// Fixed: each send into the result channel looks whether the watcher has been stopped, too; main
// waits for the watcher's end.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

struct Event {
  std::string object;
  int version = 0;
};

class CacheWatcher : public std::enable_shared_from_this<CacheWatcher> {
 public:
  CacheWatcher() {
    sluice::debug::name(&mu_, "watcher.mu");
    sluice::debug::name(&result_, "watcher.result");
  }

  void start(std::vector<Event> initial) {
    sluice::go({.name = "watcher"}, [self = shared_from_this(), initial = std::move(initial)] {
      self->process(initial);
    });
  }

  sluice::RecvChan<Event> events() const { return result_; }

  void stop() {
    sluice::Lock lock(mu_);
    if (std::exchange(stopped_, true)) return;
    done_.close();
    input_.close();
  }

 private:
  void process(const std::vector<Event>& initial) {
    sluice::Defer close{[&] { result_.close(); }};
    for (const Event& event : initial) {
      if (!pass_on(event)) return;
    }
    while (std::optional<Event> event = input_.recv()) {
      if (!pass_on(*event)) return;
    }
  }

  bool pass_on(const Event& event) {
    return sluice::select(on_send(result_, event), on_recv(done_)) == 0;
  }

  sluice::Mutex mu_;
  bool stopped_ = false;
  sluice::Chan<> done_ = sluice::make_chan();
  sluice::Chan<Event> input_ = sluice::make_chan<Event>();
  sluice::Chan<Event> result_ = sluice::make_chan<Event>();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto watcher = std::make_shared<CacheWatcher>();
    watcher->start({{"pod a", 1}, {"pod b", 2}});
    watcher->stop();
    for (const Event& event : watcher->events()) (void)event;
  });
}
