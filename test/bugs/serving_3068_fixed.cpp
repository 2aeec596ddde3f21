// A pool of workers runs what is submitted to it; waiting for the pool ends it, once all submitters
// have said that they are done.
#include <atomic>
#include <functional>

#include <sluice/sluice.hpp>

namespace {

class WorkPool {
 public:
  WorkPool(int workers, std::size_t queue) : work_(sluice::make_chan<Work>(queue)) {
    sluice::debug::name(&work_, "pool.work");
    for (int i = 0; i < workers; ++i) {
      workers_.go([work = work_] {
        for (const Work& each : work) each();
      });
    }
  }

  void submit(std::function<void()> work) {
    pending_.add();
    work_.send([this, work = std::move(work)] {
      sluice::Defer done{[&] { pending_.done(); }};
      work();
    });
  }

  void wait() {
    closing_.call([this] {
      work_.close();
      pending_.wait();
    });
    workers_.wait();
  }

 private:
  using Work = std::function<void()>;

  sluice::Chan<Work> work_;
  sluice::WaitGroup pending_;
  sluice::WaitGroup workers_;
  sluice::Once closing_;
};

}  // namespace

int main() {
  return sluice::run([] {
    WorkPool pool(2, 5);
    std::atomic<int> finished{0};
    auto submitted = sluice::make_chan();
    sluice::go({.name = "submitter"}, [&] {
      for (int i = 0; i < 100; ++i) pool.submit([&] { ++finished; });
      submitted.close();
    });
    submitted.recv();
    pool.wait();
  });
}
