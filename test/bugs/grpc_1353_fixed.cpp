// A round-robin balancer sends the addresses to use to its connection, on an unbuffered channel,
// when it has given its mutex back: the connection calls it back while it works on an update.
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

using Addresses = std::set<int>;

class RoundRobin {
 public:
  RoundRobin() {
    sluice::debug::name(&mu_, "balancer.mu");
    sluice::debug::name(&updates_, "balancer.updates");
  }

  // Follows the name service: its addresses change with each update.
  void watch_addresses() {
    for (int update = 0; update < 5; ++update) {
      Addresses addresses = {update, update + 1};
      {
        sluice::Lock guard(mu_);
        addresses_ = addresses;
      }
      updates_.send(std::move(addresses));
    }
    updates_.close();
  }

  // The connection to `address` is up; the result takes it down again.
  std::function<void()> up(int address) {
    sluice::Lock guard(mu_);
    connected_.insert(address);
    return [this, address] { down(address); };
  }

  sluice::RecvChan<Addresses> updates() const { return updates_; }

 private:
  void down(int address) {
    sluice::Lock guard(mu_);
    connected_.erase(address);
  }

  sluice::Mutex mu_;
  Addresses addresses_, connected_;
  sluice::Chan<Addresses> updates_ = sluice::make_chan<Addresses>();
};

class ClientConnection {
 public:
  explicit ClientConnection(RoundRobin& balancer) : balancer_(balancer) {
    sluice::debug::name(&mu_, "connection.mu");
  }

  // Keeps one connection up for each address of the balancer's last update.
  void watch_balancer() {
    for (const Addresses& addresses : balancer_.updates()) {
      sluice::Lock guard(mu_);
      for (auto& take_down : take_down_) take_down();
      take_down_.clear();
      for (int address : addresses) take_down_.push_back(balancer_.up(address));
    }
  }

  std::size_t connections() {
    sluice::Lock guard(mu_);
    return take_down_.size();
  }

 private:
  RoundRobin& balancer_;
  sluice::Mutex mu_;
  std::vector<std::function<void()>> take_down_;
};

struct Client {
  RoundRobin balancer;
  ClientConnection connection{balancer};
};

}  // namespace

int main() {
  return sluice::run([] {
    auto client = std::make_shared<Client>();
    sluice::WaitGroup all;
    all.go([client] { client->balancer.watch_addresses(); });
    all.go([client] { client->connection.watch_balancer(); });
    all.go([client] { client->connection.connections(); });
    all.wait();
  });
}
