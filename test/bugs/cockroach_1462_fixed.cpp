// A transport's producer sends events to a consumer; both are workers of a stopper. On stop the
// consumer leaves, and so does the producer, who waits for a receiver or for the stop, whichever
// comes first.
#include <functional>

#include <sluice/sluice.hpp>

namespace {

class Stopper {
 public:
  Stopper() { sluice::debug::name(&workers_, "stopper.workers"); }

  void run_worker(std::function<void()> worker) { workers_.go(std::move(worker)); }

  bool run_task(const std::function<void()>& task) {
    {
      sluice::Lock guard(mu_);
      if (draining_) return false;
      ++tasks_;
    }
    task();
    sluice::Lock guard(mu_);
    if (--tasks_ == 0) drained_.notify_all();
    return true;
  }

  sluice::RecvChan<> should_stop() const { return stop_; }

  void stop() {
    {
      sluice::Lock guard(mu_);
      draining_ = true;
      while (tasks_ > 0) drained_.wait(mu_);
    }
    stop_.close();
    workers_.wait();
  }

 private:
  sluice::Mutex mu_;
  sluice::Cond drained_;
  int tasks_ = 0;
  bool draining_ = false;
  sluice::WaitGroup workers_;
  sluice::Chan<> stop_ = sluice::make_chan();
};

class InterceptableTransport {
 public:
  explicit InterceptableTransport(Stopper& stopper) : stopper_(stopper) {
    sluice::debug::name(&events_, "transport.events");
  }

  void start(sluice::SendChan<> delivered) {
    stopper_.run_worker([this] { produce(); });
    stopper_.run_worker([this, delivered] { consume(delivered); });
  }

 private:
  void produce() {
    for (int message = 0;; ++message) {
      switch (sluice::select(sluice::on_recv(stopper_.should_stop()),
                             sluice::on_send(events_, message))) {
        case 0:
          return;
        case 1:
          break;
      }
    }
  }

  void consume(const sluice::SendChan<>& delivered) {
    for (;;) {
      std::optional<int> message;
      switch (sluice::select(sluice::on_recv(stopper_.should_stop()),
                             sluice::on_recv(events_, message))) {
        case 0:
          return;
        case 1:
          stopper_.run_task([&] { delivered.try_send(); });
      }
    }
  }

  Stopper& stopper_;
  sluice::Chan<int> events_ = sluice::make_chan<int>();
};

}  // namespace

int main() {
  return sluice::run([] {
    Stopper stopper;
    InterceptableTransport transport(stopper);
    auto delivered = sluice::make_chan();
    transport.start(delivered);
    delivered.recv();
    stopper.stop();
  });
}
