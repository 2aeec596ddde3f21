// Downloads that several clients can watch: what the download says of its progress is passed on to
// each watcher's own channel.
// Bug: a client quits after some message; the watcher waits for it to take the next one, whoever
// releases the watcher waits for the watcher, and the download's own end waits for a channel that
// is never closed.
#include <memory>
#include <random>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

struct Progress {
  int percent = 0;
};

struct Watcher {
  sluice::Chan<Progress> signal = sluice::make_chan<Progress>(1);
  sluice::Chan<> release = sluice::make_chan();
  sluice::Chan<> stopped = sluice::make_chan();
};

class Transfer : public std::enable_shared_from_this<Transfer> {
 public:
  Transfer() {
    sluice::debug::name(&mu_, "transfer.mu");
    sluice::debug::name(&done_, "transfer.done");
  }

  void start() {
    sluice::go({.name = "download"}, [self = shared_from_this()] { self->download(); });
  }

  std::shared_ptr<Watcher> watch(const sluice::Chan<Progress>& output) {
    auto watcher = std::make_shared<Watcher>();
    sluice::Lock lock(mu_);
    watchers_.push_back(watcher);
    sluice::go({.name = "watcher"}, [watcher, output] { pass_on(*watcher, output); });
    return watcher;
  }

  void release(const std::shared_ptr<Watcher>& watcher) {
    {
      sluice::Lock lock(mu_);
      std::erase(watchers_, watcher);
    }
    watcher->release.close();
    watcher->stopped.recv();
  }

 private:
  void download() {
    for (int percent = 10; percent <= 100; percent += 10) {
      sluice::Lock lock(mu_);
      for (const auto& watcher : watchers_) watcher->signal.try_send({percent});
    }
    done_.recv();
  }

  static void pass_on(Watcher& watcher, const sluice::Chan<Progress>& output) {
    while (true) {
      std::optional<Progress> progress;
      if (sluice::select(on_recv(watcher.release), on_recv(watcher.signal, progress)) == 0) break;
      output.send(*progress);
    }
    watcher.stopped.close();
  }

  sluice::Mutex mu_;
  std::vector<std::shared_ptr<Watcher>> watchers_;
  sluice::Chan<> done_ = sluice::make_chan();
};

void show(const sluice::Chan<Progress>& progress) {
  std::random_device random;
  while (progress.recv()) {
    if (std::uniform_int_distribution(0, 2)(random) == 0) return;  // the client has gone
  }
}

}  // namespace

int main() {
  return sluice::run([] {
    auto transfer = std::make_shared<Transfer>();
    auto progress = sluice::make_chan<Progress>();
    sluice::go({.name = "client"}, [=] { show(progress); });
    auto watcher = transfer->watch(progress);
    transfer->start();
    sluice::go({.name = "release"}, [=] { transfer->release(watcher); });
  });
}
