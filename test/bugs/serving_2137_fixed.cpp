// A breaker lets two requests in and one of them be active. Each request waits for a mutex of its
// own; the program releases both before it waits for either's answer.
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

namespace {

class Breaker {
 public:
  Breaker(std::size_t queue, std::size_t concurrency)
      : pending_(sluice::make_chan(queue + concurrency)), active_(sluice::make_chan(concurrency)) {
    sluice::debug::name(&active_, "breaker.active");
  }

  // Runs `request` when its turn comes; false when too many wait already.
  template <class F>
  bool maybe(F request) {
    if (!pending_.try_send()) return false;
    active_.send();
    request();
    active_.recv();
    pending_.recv();
    return true;
  }

 private:
  sluice::Chan<> pending_;
  sluice::Chan<> active_;
};

struct Request {
  explicit Request(const std::string& name) { sluice::debug::name(&mu, name + ".mu"); }
  sluice::Mutex mu;
  sluice::Chan<bool> accepted = sluice::make_chan<bool>(1);
};

// Starts a request that is held up until its mutex is unlocked.
std::unique_ptr<Request> start_request(Breaker& breaker, const char* name) {
  auto request = std::make_unique<Request>(name);
  request->mu.lock();
  sluice::WaitGroup started;
  started.add(1);
  sluice::go({.name = name}, [&breaker, &started, r = request.get(), accepted = request->accepted] {
    started.done();
    accepted.send(breaker.maybe([r] { sluice::Lock wait(r->mu); }));
  });
  started.wait();
  return request;
}

}  // namespace

int main() {
  return sluice::run([] {
    Breaker breaker(1, 1);
    auto first = start_request(breaker, "first_request");
    auto second = start_request(breaker, "second_request");
    first->mu.unlock();
    second->mu.unlock();
    const bool first_accepted = first->accepted.recv().value();
    const bool second_accepted = second->accepted.recv().value();
    return first_accepted && second_accepted ? 0 : 1;
  });
}
