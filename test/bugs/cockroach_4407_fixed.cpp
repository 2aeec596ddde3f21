// A gossip node has a server, which starts a worker for each client that comes, and a stopper that
// ends and waits for all workers. Whether it stops and how many workers it has are decided under
// one lock: no worker is added once it waits.
#include <functional>
#include <memory>
#include <utility>

#include <sluice/sluice.hpp>

namespace {

class Stopper : public std::enable_shared_from_this<Stopper> {
 public:
  Stopper() { sluice::debug::name(&workers_, "stopper.workers"); }

  void run_worker(std::function<void()> worker) {
    sluice::Lock guard(mu_);
    if (stopping_) return;
    workers_.add();
    sluice::go({.name = "worker"}, [self = shared_from_this(), worker = std::move(worker)] {
      sluice::Defer done{[&] { self->workers_.done(); }};
      worker();
    });
  }

  sluice::RecvChan<> should_stop() const { return stop_; }

  void stop() {
    {
      sluice::Lock guard(mu_);
      stopping_ = true;
    }
    stop_.close();
    workers_.wait();
  }

 private:
  sluice::Mutex mu_;
  bool stopping_ = false;
  sluice::WaitGroup workers_;
  sluice::Chan<> stop_ = sluice::make_chan();
};

class GossipServer : public std::enable_shared_from_this<GossipServer> {
 public:
  explicit GossipServer(std::shared_ptr<Stopper> stopper) : stopper_(std::move(stopper)) {}

  // A client has connected.
  void gossip() {
    int client;
    {
      sluice::Lock guard(mu_);
      client = ++clients_;
    }
    stopper_->run_worker([self = shared_from_this(), client] { self->serve(client); });
  }

 private:
  void serve(int client) {
    sluice::select(sluice::on_recv(stopper_->should_stop()), sluice::on_recv(closed_));
    sluice::Lock guard(mu_);
    last_served_ = client;
  }

  const std::shared_ptr<Stopper> stopper_;
  sluice::Mutex mu_;
  int clients_ = 0;
  int last_served_ = 0;
  sluice::Chan<> closed_ = sluice::make_chan();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto stopper = std::make_shared<Stopper>();
    auto server = std::make_shared<GossipServer>(stopper);
    auto accepted = sluice::make_chan();
    sluice::go({.name = "accept"}, [server, accepted] {
      for (int i = 0; i < 20; ++i) server->gossip();
      accepted.close();
    });
    stopper->stop();
    accepted.recv();
  });
}
