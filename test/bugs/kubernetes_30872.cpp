// A federated informer watches clusters through a controller that pops changes off a FIFO.
// Bug: pop calls its handler with the FIFO locked, and the handler locks the informer; the check
// whether all is synced locks the informer, then the FIFO. Stopping wants the informer, too.
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <sluice/sluice.hpp>

namespace {

class DeltaFifo {
 public:
  DeltaFifo() { sluice::debug::name(&mu_, "fifo.mu"); }

  void add(const std::string& cluster) {
    sluice::Lock lock(mu_);
    queue_.push_back(cluster);
  }

  bool pop(const std::function<void(const std::string&)>& process) {
    sluice::Lock lock(mu_);
    if (queue_.empty()) return false;
    std::string cluster = std::move(queue_.front());
    queue_.pop_front();
    process(cluster);
    return true;
  }

  bool has_synced() {
    sluice::SharedLock lock(mu_);
    return queue_.empty();
  }

 private:
  sluice::RWMutex mu_;
  std::deque<std::string> queue_;
};

class FederatedInformer {
 public:
  FederatedInformer() {
    sluice::debug::name(&mu_, "informer.mu");
    for (const char* cluster : {"east", "west", "north"}) fifo_.add(cluster);
  }

  void run_controller() {
    while (!stopped_.try_recv() && fifo_.pop([&](const std::string& c) { add_cluster(c); })) {
    }
  }

  bool clusters_synced() {
    sluice::Lock lock(mu_);
    return fifo_.has_synced();
  }

  void stop() {
    sluice::Lock lock(mu_);
    stopped_.close();
  }

 private:
  void add_cluster(const std::string& cluster) {
    sluice::Lock lock(mu_);
    clusters_.insert(cluster);
  }

  sluice::Mutex mu_;
  DeltaFifo fifo_;
  std::set<std::string> clusters_;
  sluice::Chan<> stopped_ = sluice::make_chan();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto informer = std::make_shared<FederatedInformer>();
    sluice::go({.name = "controller"}, [informer] { informer->run_controller(); });
    sluice::go({.name = "sync check"}, [informer] {
      for (int i = 0; i < 3 && !informer->clusters_synced(); ++i) sluice::yield();
    });
    sluice::go({.name = "stop"}, [informer] { informer->stop(); });
  });
}
