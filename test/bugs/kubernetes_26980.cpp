// A listener takes what is pending and offers it to its consumer until it is told to stop, with its
// lock held all the time. The program tells it to stop only after another goroutine has had that
// lock.
#include <deque>

#include <sluice/sluice.hpp>

namespace {

class ProcessorListener {
 public:
  ProcessorListener() {
    sluice::debug::name(&mu_, "listener.mu");
    sluice::debug::name(&next_, "listener.next");
  }

  void add(int notification) {
    sluice::Lock guard(mu_);
    pending_.push_back(notification);
    added_.notify_all();
  }

  void pop(sluice::RecvChan<> stop) {
    sluice::Lock guard(mu_);
    for (;;) {
      while (pending_.empty()) {
        if (sluice::try_select(sluice::on_recv(stop)) == 0) return;
        added_.wait(mu_);
      }
      const int notification = pending_.front();
      pending_.pop_front();
      switch (sluice::select(sluice::on_send(next_, notification), sluice::on_recv(stop))) {
        case 0:
          break;
        case 1:
          return;
      }
    }
  }

  std::size_t pending() {
    sluice::SharedLock guard(mu_);
    return pending_.size();
  }

 private:
  sluice::RWMutex mu_;
  sluice::Cond added_;
  std::deque<int> pending_;
  sluice::Chan<int> next_ = sluice::make_chan<int>();
};

}  // namespace

int main() {
  return sluice::run([] {
    ProcessorListener listener;
    auto stop = sluice::make_chan();
    auto looked = sluice::make_chan();
    listener.add(1);
    sluice::go({.name = "look"}, [&listener, looked] {
      listener.pending();
      looked.close();
    });
    sluice::WaitGroup popping;
    popping.go([&listener, stop] { listener.pop(stop); });
    looked.recv();
    stop.close();
    popping.wait();
  });
}
