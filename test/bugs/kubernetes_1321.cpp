// A broadcaster sends each event to all its watchers, under its lock. A watcher that has seen
// enough stops reading and asks to be taken from the list, which needs that lock.
#include <map>
#include <memory>

#include <sluice/sluice.hpp>

namespace {

struct Event {
  int number = 0;
};

class Mux;

class Watcher {
 public:
  Watcher(std::shared_ptr<Mux> mux, int id) : mux_(std::move(mux)), id_(id) {
    sluice::debug::name(&stop_mu_, "watcher.stop_mu");
    sluice::debug::name(&results_, "watcher.results");
  }
  void stop();
  const sluice::Chan<Event>& results() const { return results_; }

 private:
  const std::shared_ptr<Mux> mux_;
  const int id_;
  sluice::Mutex stop_mu_;
  bool stopped_ = false;
  sluice::Chan<Event> results_ = sluice::make_chan<Event>();
};

class Mux : public std::enable_shared_from_this<Mux> {
 public:
  Mux() { sluice::debug::name(&mu_, "mux.mu"); }

  std::shared_ptr<Watcher> watch() {
    sluice::Lock guard(mu_);
    auto watcher = std::make_shared<Watcher>(shared_from_this(), next_id_);
    watchers_[next_id_++] = watcher;
    return watcher;
  }

  void stop_watching(int id) {
    sluice::Lock guard(mu_);
    const auto found = watchers_.find(id);
    if (found == watchers_.end()) return;
    found->second->results().close();
    watchers_.erase(found);
  }

  void distribute(Event event) {
    sluice::Lock guard(mu_);
    for (auto& [id, watcher] : watchers_) watcher->results().send(event);
  }

 private:
  sluice::Mutex mu_;
  std::map<int, std::shared_ptr<Watcher>> watchers_;
  int next_id_ = 0;
};

void Watcher::stop() {
  sluice::Lock guard(stop_mu_);
  if (stopped_) return;
  stopped_ = true;
  mux_->stop_watching(id_);
}

}  // namespace

int main() {
  return sluice::run([] {
    auto mux = std::make_shared<Mux>();
    auto watcher = mux->watch();
    sluice::go({.name = "broadcaster"}, [mux] {
      for (int i = 0; i < 3; ++i) mux->distribute({i});
    });
    watcher->results().recv();
    sluice::go({.name = "stop_watcher"}, [watcher] { watcher->stop(); });
  });
}
