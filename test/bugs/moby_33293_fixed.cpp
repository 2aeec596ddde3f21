// Waiting for a container to end: the caller gets a channel on which the result will come.
// Fixed: the channel has a slot, in which an error that is known at once waits for the caller; main
// waits for the goroutine.
#include <memory>
#include <random>
#include <string>

#include <sluice/sluice.hpp>

namespace {

class Client {
 public:
  // Fails half of the time, as a daemon does that is about to go.
  std::string negotiate_version() {
    return std::bernoulli_distribution(0.5)(random_) ? "daemon does not answer" : "";
  }

  sluice::RecvChan<std::string> container_wait(const std::string& container) {
    auto failed = sluice::make_chan<std::string>(1);
    const std::string error = negotiate_version();
    if (!error.empty()) {
      failed.send(container + ": " + error);
      return failed;
    }
    failed.close();
    return failed;
  }

 private:
  std::random_device random_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto client = std::make_shared<Client>();
    auto done = sluice::make_chan();
    sluice::go({.name = "wait"}, [=] {
      client->container_wait("web").recv();
      done.close();
    });
    done.recv();
  });
}
