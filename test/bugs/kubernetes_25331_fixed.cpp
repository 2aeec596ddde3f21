// A watcher that meets an error sends it as its last result, unless the one who asked for the watch
// has stopped it and reads no more results.
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

namespace {

struct Result {
  bool failed = false;
  std::string text;
};

class WatchChan : public std::enable_shared_from_this<WatchChan> {
 public:
  explicit WatchChan(const sluice::Context& parent) : scope_(sluice::with_cancel(parent)) {
    sluice::debug::name(&results_, "watch.results");
  }

  void start() {
    running_.go([self = shared_from_this()] { self->run(); });
  }

  void fail(std::string why) { errors_.send(std::move(why)); }
  void stop() {
    scope_.cancel();
    running_.wait();
  }
  sluice::RecvChan<Result> results() const { return results_; }

 private:
  void run() {
    std::optional<std::string> error;
    switch (sluice::select(sluice::on_recv(errors_, error), sluice::on_recv(scope_.ctx.done()))) {
      case 0:
        sluice::select(sluice::on_send(results_, Result{true, *error}),
                       sluice::on_recv(scope_.ctx.done()));
        scope_.cancel();
        break;
      case 1:
        break;
    }
    results_.close();
  }

  sluice::Cancellable scope_;
  sluice::WaitGroup running_;
  sluice::Chan<std::string> errors_ = sluice::make_chan<std::string>();
  sluice::Chan<Result> results_ = sluice::make_chan<Result>();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto watch = std::make_shared<WatchChan>(sluice::Context::background());
    watch->start();
    watch->fail("the resource version is too old");
    watch->stop();
  });
}
