// An authentication store keeps tokens with a time to live. Adding one sends it to the keeper, on a
// channel with one slot, while the store's write lock is held. The keeper, when it deletes what has
// expired, takes the store's lock first: one waits for the other, while the keeper's ticker goes
// on.
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

class TokenKeeper {
 public:
  explicit TokenKeeper(std::function<void(const std::string&)> remove)
      : remove_(std::move(remove)) {
    sluice::debug::name(&added_, "keeper.added");
  }

  void start() {
    sluice::go({.name = "token_keeper"}, [this] { run(); });
  }

  void stop() {
    auto stopped = sluice::make_chan();
    stop_.send(stopped);
    stopped.recv();
  }

  void add(std::string token) { added_.send(std::move(token)); }

 private:
  void run() {
    sluice::Ticker ticker(1ns);
    for (;;) {
      std::optional<std::string> token;
      std::optional<sluice::Chan<>> stopped;
      switch (sluice::select(sluice::on_recv(added_, token), sluice::on_recv(ticker.ticks()),
                             sluice::on_recv(stop_, stopped))) {
        case 0:
          tokens_.push_back(*token);
          break;
        case 1:
          for (const std::string& each : tokens_) remove_(each);
          tokens_.clear();
          break;
        case 2:
          ticker.stop();
          stopped->close();
          return;
      }
    }
  }

  const std::function<void(const std::string&)> remove_;
  std::vector<std::string> tokens_;
  sluice::Chan<std::string> added_ = sluice::make_chan<std::string>(1);
  sluice::Chan<sluice::Chan<>> stop_ = sluice::make_chan<sluice::Chan<>>();
};

class AuthStore {
 public:
  AuthStore() : keeper_([this](const std::string& token) { remove(token); }) {
    sluice::debug::name(&tokens_mu_, "auth_store.tokens_mu");
    keeper_.start();
  }
  ~AuthStore() { keeper_.stop(); }

  void authenticate(const std::string& user) {
    sluice::Lock guard(tokens_mu_);
    const std::string token = user + "." + std::to_string(++last_token_);
    users_[token] = user;
    keeper_.add(token);
  }

 private:
  void remove(const std::string& token) {
    sluice::Lock guard(tokens_mu_);
    users_.erase(token);
  }

  sluice::RWMutex tokens_mu_;
  std::map<std::string, std::string> users_;
  int last_token_ = 0;
  TokenKeeper keeper_;
};

}  // namespace

int main() {
  return sluice::run([] {
    AuthStore store;
    sluice::WaitGroup clients;
    for (int i = 0; i < 3; ++i) {
      clients.go([&store, i] { store.authenticate("user" + std::to_string(i)); });
    }
    clients.wait();
  });
}
