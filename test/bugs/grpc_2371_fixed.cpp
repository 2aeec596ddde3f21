// A client connection has a resolver, which its balancer's watcher asks to resolve again whenever a
// connection is lost, unless the client itself has closed it and has no resolver any more.
#include <memory>
#include <shared_mutex>

#include <sluice/sluice.hpp>

namespace {

enum class State { ready, lost, shut_down };

class Resolver {
 public:
  void resolve_now() { wanted_.try_send(); }

 private:
  sluice::Chan<> wanted_ = sluice::make_chan(1);
};

class ClientConnection {
 public:
  void watch_states() {
    for (State state : states_) {
      if (state == State::ready) continue;
      if (auto current = resolver()) current->resolve_now();
      if (state == State::shut_down) return;
    }
  }

  void set_state(State state) { states_.send(state); }

  void close() {
    std::shared_ptr<Resolver> last;
    {
      sluice::Lock guard(mu_);
      last = std::move(resolver_);
      resolver_ = nullptr;
    }
    set_state(State::shut_down);
    last.reset();
  }

 private:
  std::shared_ptr<Resolver> resolver() {
    sluice::SharedLock guard(mu_);
    return resolver_;
  }

  sluice::RWMutex mu_;
  std::shared_ptr<Resolver> resolver_ = std::make_shared<Resolver>();
  sluice::Chan<State> states_ = sluice::make_chan<State>();
};

}  // namespace

int main() {
  return sluice::run([] {
    ClientConnection connection;
    sluice::WaitGroup watcher;
    watcher.go([&] { connection.watch_states(); });
    connection.set_state(State::ready);
    connection.set_state(State::lost);
    connection.close();
    watcher.wait();
  });
}
