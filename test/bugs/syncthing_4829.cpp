// A port mapping service: each mapping has the addresses that routers gave it, and tells its
// subscribers when they change.
// Bug: clear_addresses holds the mapping locked for writing while it notifies, and notify locks it
// for reading.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

class Mapping {
 public:
  Mapping() { sluice::debug::name(&mu_, "mapping.mu"); }

  void set_address(const std::string& router, const std::string& address) {
    sluice::Lock lock(mu_);
    addresses_[router] = address;
  }

  void on_change(std::function<void(std::size_t)> subscriber) {
    sluice::Lock lock(mu_);
    subscribers_.push_back(std::move(subscriber));
  }

  void clear_addresses() {
    sluice::Lock lock(mu_);
    if (addresses_.empty()) return;
    addresses_.clear();
    notify();
  }

 private:
  void notify() {
    sluice::SharedLock lock(mu_);
    for (const auto& subscriber : subscribers_) subscriber(addresses_.size());
  }

  sluice::RWMutex mu_;
  std::map<std::string, std::string> addresses_;
  std::vector<std::function<void(std::size_t)>> subscribers_;
};

class Service {
 public:
  Service() { sluice::debug::name(&mu_, "service.mu"); }

  std::shared_ptr<Mapping> new_mapping() {
    sluice::Lock lock(mu_);
    mappings_.push_back(std::make_shared<Mapping>());
    return mappings_.back();
  }

  void remove_mapping(const std::shared_ptr<Mapping>& mapping) {
    sluice::Lock lock(mu_);
    mapping->clear_addresses();
    std::erase(mappings_, mapping);
  }

 private:
  sluice::RWMutex mu_;
  std::vector<std::shared_ptr<Mapping>> mappings_;
};

}  // namespace

int main() {
  return sluice::run([] {
    Service service;
    auto mapping = service.new_mapping();
    std::size_t known = 1;
    mapping->on_change([&](std::size_t addresses) { known = addresses; });
    mapping->set_address("router", "192.0.2.7:22000");
    service.remove_mapping(mapping);
    return static_cast<int>(known);
  });
}
