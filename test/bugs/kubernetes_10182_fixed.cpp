// A status manager's setters send each change of a pod on an unbuffered channel, when they have
// given the lock of the statuses back. The goroutine that receives them takes that lock after each
// receive.
#include <map>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

namespace {

struct PodStatus {
  std::string pod;
  bool ready = false;
};

class StatusManager : public std::enable_shared_from_this<StatusManager> {
 public:
  StatusManager() {
    sluice::debug::name(&statuses_mu_, "manager.statuses_mu");
    sluice::debug::name(&changes_, "manager.changes");
  }

  void start() {
    syncing_.go([self = shared_from_this()] { self->sync(); });
  }

  void set_pod_status(const PodStatus& status) {
    {
      sluice::Lock guard(statuses_mu_);
      statuses_[status.pod] = status;
    }
    changes_.send(status);
  }

  void stop() {
    changes_.close();
    syncing_.wait();
  }

 private:
  void sync() {
    for (const PodStatus& status : changes_) {
      if (!status.ready) delete_pod_status(status.pod);
    }
  }

  void delete_pod_status(const std::string& pod) {
    sluice::Lock guard(statuses_mu_);
    statuses_.erase(pod);
  }

  sluice::WaitGroup syncing_;
  sluice::RWMutex statuses_mu_;
  std::map<std::string, PodStatus> statuses_;
  sluice::Chan<PodStatus> changes_ = sluice::make_chan<PodStatus>();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto manager = std::make_shared<StatusManager>();
    manager->start();
    sluice::WaitGroup setters;
    for (const char* pod : {"web", "db"}) {
      setters.go([=] { manager->set_pod_status({pod, false}); });
    }
    setters.wait();
    manager->stop();
  });
}
