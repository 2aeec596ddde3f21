// A watcher of a cache: it first replays the events that lie before the watch, then passes on those
// that come in, until it is stopped.
// Bug: the replay sends into a result channel that nobody may be reading, and looks at nothing
// else, so a watcher that is stopped early never notices.
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
    input_.close();
  }

 private:
  void process(const std::vector<Event>& initial) {
    sluice::Defer close{[&] { result_.close(); }};
    for (const Event& event : initial) result_.send(event);
    while (std::optional<Event> event = input_.recv()) result_.send(*event);
  }

  sluice::Mutex mu_;
  bool stopped_ = false;
  sluice::Chan<Event> input_ = sluice::make_chan<Event>();
  sluice::Chan<Event> result_ = sluice::make_chan<Event>();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto watcher = std::make_shared<CacheWatcher>();
    watcher->start({{"pod a", 1}, {"pod b", 2}});
    watcher->stop();
  });
}
