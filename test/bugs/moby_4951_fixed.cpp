// Storage devices that are deleted once nobody uses them any more.
// Fixed: remove locks the device before the set, at the start as after it has waited for the
// device's last user; main waits for both goroutines.
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

struct Device {
  Device() { sluice::debug::name(&mu, "device.mu"); }
  sluice::Mutex mu;
  int users_leaving = 2;
  bool deleted = false;
};

class DeviceSet {
 public:
  DeviceSet() { sluice::debug::name(&mu_, "devices.mu"); }

  void add(const std::string& name) {
    sluice::Lock lock(mu_);
    devices_[name] = std::make_shared<Device>();
  }

  bool remove(const std::string& name) {
    const std::shared_ptr<Device> device = find(name);
    if (!device) return false;
    sluice::Lock device_lock(device->mu);
    sluice::Lock lock(mu_);
    if (device->deleted) return false;
    wait_until_unused(*device);
    device->deleted = true;
    devices_.erase(name);
    return true;
  }

 private:
  std::shared_ptr<Device> find(const std::string& name) {
    sluice::Lock lock(mu_);
    const auto found = devices_.find(name);
    return found == devices_.end() ? nullptr : found->second;
  }

  // With the set and the device locked; lets others at the set meanwhile.
  void wait_until_unused(Device& device) {
    while (device.users_leaving > 0) {
      mu_.unlock();
      sluice::sleep_for(1ms);
      mu_.lock();
      --device.users_leaving;
    }
  }

  sluice::Mutex mu_;
  std::map<std::string, std::shared_ptr<Device>> devices_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto devices = std::make_shared<DeviceSet>();
    devices->add("layer");
    sluice::WaitGroup both;
    both.add(2);
    sluice::go({.name = "remove 1"}, [devices, &both] {
      devices->remove("layer");
      both.done();
    });
    sluice::go({.name = "remove 2"}, [devices, &both] {
      devices->remove("layer");
      both.done();
    });
    both.wait();
  });
}
