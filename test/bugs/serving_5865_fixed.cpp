// A watcher follows the endpoints of one revision; a manager sends it their destinations, until the
// context ends that both know. Nobody closes the channel.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

using Destinations = std::vector<std::string>;

class RevisionWatcher {
 public:
  explicit RevisionWatcher(sluice::Context ctx) : ctx_(std::move(ctx)) {
    sluice::debug::name(&destinations_, "watcher.destinations");
  }

  void run() {
    for (;;) {
      std::optional<Destinations> update;
      switch (
          sluice::select(sluice::on_recv(ctx_.done()), sluice::on_recv(destinations_, update))) {
        case 0:
          return;
        case 1:
          healthy_ = update->size();
      }
    }
  }

  void send(Destinations update) {
    sluice::select(sluice::on_send(destinations_, std::move(update)), sluice::on_recv(ctx_.done()));
  }

 private:
  const sluice::Context ctx_;
  std::size_t healthy_ = 0;
  sluice::Chan<Destinations> destinations_ = sluice::make_chan<Destinations>();
};

class BackendsManager {
 public:
  void watch(const std::string& revision, const sluice::Context& ctx) {
    auto watcher = std::make_shared<RevisionWatcher>(ctx);
    watching_.go([watcher] { watcher->run(); });
    sluice::Lock guard(mu_);
    watchers_[revision] = watcher;
  }

  void endpoints_updated(const std::string& revision, Destinations endpoints) {
    std::shared_ptr<RevisionWatcher> watcher;
    {
      sluice::Lock guard(mu_);
      watcher = watchers_.at(revision);
    }
    watcher->send(std::move(endpoints));
  }

  void wait() { watching_.wait(); }

 private:
  sluice::Mutex mu_;
  std::map<std::string, std::shared_ptr<RevisionWatcher>> watchers_;
  sluice::WaitGroup watching_;
};

}  // namespace

int main() {
  return sluice::run([] {
    BackendsManager manager;
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    manager.watch("hello-00001", ctx);
    manager.endpoints_updated("hello-00001", {"10.0.0.1:8012"});
    cancel();
    for (int pods = 0; pods < 8; ++pods) {
      manager.endpoints_updated("hello-00001",
                                Destinations(static_cast<std::size_t>(pods), "10.0.0.2:8012"));
    }
    manager.wait();
  });
}
