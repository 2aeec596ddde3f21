// A compactor to which other parts of a store suggest spans of keys that are worth compacting.
// Bug: suggesting wakes the compactor with a send into a channel of one slot; two suggestions
// before it has been started, and the second waits for a receiver that only comes later.
#include <string>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

struct Suggestion {
  std::string start_key;
  std::string end_key;
};

class Stopper {
 public:
  template <class F>
  void run_worker(const std::string& name, F work) {
    workers_.add();
    sluice::go({.name = name}, [this, work = std::move(work)]() mutable {
      work();
      workers_.done();
    });
  }

  void stop() {
    quiesce_.close();
    workers_.wait();
  }

  sluice::RecvChan<> should_stop() const { return quiesce_; }

 private:
  sluice::WaitGroup workers_;
  sluice::Chan<> quiesce_ = sluice::make_chan();
};

class Compactor {
 public:
  Compactor() { sluice::debug::name(&wake_, "compactor.wake"); }

  void start(Stopper& stopper) {
    stopper.run_worker("compactor", [this, stop = stopper.should_stop()] {
      while (sluice::select(on_recv(stop), on_recv(wake_)) == 1) compact();
    });
  }

  void suggest(Suggestion suggestion) {
    {
      sluice::Lock lock(mu_);
      suggestions_.push_back(std::move(suggestion));
    }
    wake_.send();
  }

 private:
  void compact() {
    sluice::Lock lock(mu_);
    suggestions_.clear();
  }

  sluice::Mutex mu_;
  std::vector<Suggestion> suggestions_;
  sluice::Chan<> wake_ = sluice::make_chan(1);
};

}  // namespace

int main() {
  return sluice::run([] {
    Stopper stopper;
    Compactor compactor;
    compactor.suggest({"a", "c"});
    compactor.suggest({"k", "m"});
    compactor.start(stopper);
    stopper.stop();
  });
}
