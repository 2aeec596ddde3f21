// An agent runs a proxy, restarted with each change of its configuration: an epoch of it each. The
// agent's loop takes the epochs' exits until none runs, or its context ends.
// Bug: an epoch tells its exit on an unbuffered channel that only this loop reads. Once the loop
// has ended, every epoch that ends later waits for ever.
#include <chrono>
#include <map>
#include <memory>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

struct ExitStatus {
  int epoch = 0;
  bool failed = false;
};

class Agent : public std::enable_shared_from_this<Agent> {
 public:
  Agent() {
    sluice::debug::name(&mu_, "agent.mu");
    sluice::debug::name(&statuses_, "agent.statuses");
  }

  void run(const sluice::Context& ctx) {
    while (true) {
      std::optional<ExitStatus> exit;
      switch (sluice::select(on_recv(statuses_, exit), on_recv(ctx.done()))) {
        case 0:
          if (exited(exit->epoch)) return;
          break;
        default:
          return;
      }
    }
  }

  void restart(sluice::Duration lifetime) {
    sluice::Lock lock(mu_);
    const int epoch = next_epoch_++;
    active_[epoch] = true;
    sluice::go({.name = "epoch"},
               [self = shared_from_this(), epoch, lifetime] { self->run_epoch(epoch, lifetime); });
  }

  bool running() {
    sluice::Lock lock(mu_);
    return !active_.empty();
  }

 private:
  void run_epoch(int epoch, sluice::Duration lifetime) {
    sluice::Timer life(lifetime);
    life.fired().recv();
    statuses_.send({epoch, false});
  }

  bool exited(int epoch) {
    sluice::Lock lock(mu_);
    active_.erase(epoch);
    return active_.empty();
  }

  sluice::Mutex mu_;
  int next_epoch_ = 0;
  std::map<int, bool> active_;
  sluice::Chan<ExitStatus> statuses_ = sluice::make_chan<ExitStatus>();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto agent = std::make_shared<Agent>();
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    sluice::go({.name = "agent"}, [agent, ctx = ctx] { agent->run(ctx); });
    agent->restart(1ms);
    sluice::Ticker ticker(1ms);
    while (agent->running()) ticker.ticks().recv();
    agent->restart(1ms);  // the configuration has changed again
    sluice::sleep_for(20ms);
    cancel();
  });
}
