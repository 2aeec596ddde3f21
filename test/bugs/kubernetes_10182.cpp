// A status manager's setters send each change of a pod on an unbuffered channel, under the lock of
// the statuses. The goroutine that receives them takes that lock after each receive: a second
// setter may have it by then, and waits for the receiver.
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

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
    sluice::go({.name = "sync_statuses"}, [self = shared_from_this()] { self->sync(); });
  }

  void set_pod_status(const PodStatus& status) {
    sluice::Lock guard(statuses_mu_);
    statuses_[status.pod] = status;
    changes_.send(status);
  }

  void stop() { changes_.close(); }

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

  sluice::RWMutex statuses_mu_;
  std::map<std::string, PodStatus> statuses_;
  sluice::Chan<PodStatus> changes_ = sluice::make_chan<PodStatus>();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto manager = std::make_shared<StatusManager>();
    manager->start();
    auto set = sluice::make_chan(2);
    for (const char* pod : {"web", "db"}) {
      sluice::go({.name = std::string("set_") + pod}, [=] {
        manager->set_pod_status({pod, false});
        set.send();
      });
    }
    auto give_up = sluice::after(30ms);
    for (int i = 0; i < 2; ++i) {
      if (sluice::select(sluice::on_recv(set), sluice::on_recv(give_up)) == 1) return;
    }
    manager->stop();
  });
}
