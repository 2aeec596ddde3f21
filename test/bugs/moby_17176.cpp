// A set of storage devices that are deleted for good by a clean-up that runs now and then.
// Bug: the clean-up returns without unlocking when there is nothing to do; the next one to lock the
// set waits for ever.
#include <chrono>
#include <memory>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

class DeviceSet {
 public:
  DeviceSet() { sluice::debug::name(&mu_, "devices.mu"); }

  void clean_up_deleted() {
    mu_.lock();
    if (deleted_.empty()) return;
    std::vector<int> devices;
    devices.swap(deleted_);
    mu_.unlock();
    for (int device : devices) remove(device);
  }

  void shutdown() {
    sluice::Lock lock(mu_);
    open_ = false;
  }

 private:
  void remove(int device) {
    sluice::Lock lock(mu_);
    removed_.push_back(device);
  }

  sluice::Mutex mu_;
  bool open_ = true;
  std::vector<int> deleted_;
  std::vector<int> removed_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto devices = std::make_shared<DeviceSet>();
    devices->clean_up_deleted();

    auto done = sluice::make_chan();
    sluice::go({.name = "shutdown"}, [=] {
      devices->shutdown();
      done.close();
    });
    switch (sluice::select(on_recv(done), on_recv(sluice::after(20ms)))) {
      case 0:
        return 0;
      default:
        return 0;  // it has had its time; the program ends without it
    }
  });
}
