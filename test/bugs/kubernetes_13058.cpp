// A test of a controller: it changes an object, and waits on a WaitGroup until the controller's
// handler has seen the change. Bug: the controller runs before the add, and calls the handler,
// which says done, once more often than the test adds: once for the object that was there already.
#include <functional>
#include <utility>

#include <sluice/sluice.hpp>

namespace {

class Controller {
 public:
  explicit Controller(std::function<void(int)> on_update) : on_update_(std::move(on_update)) {}

  void run(sluice::RecvChan<> stop) {
    on_update_(0);  // the object as it is
    for (;;) {
      std::optional<int> object;
      switch (sluice::select(sluice::on_recv(stop), sluice::on_recv(changes_, object))) {
        case 0:
          return;
        case 1:
          on_update_(*object);
      }
    }
  }

  void modify(int object) { changes_.send(object); }

 private:
  const std::function<void(int)> on_update_;
  sluice::Chan<int> changes_ = sluice::make_chan<int>(1);
};

}  // namespace

int main() {
  return sluice::run([] {
    sluice::WaitGroup updates;
    Controller controller([&updates](int) { updates.done(); });
    auto stop = sluice::make_chan();
    sluice::WaitGroup controllers;
    controllers.go([&] { controller.run(stop); });
    updates.add(1);
    controller.modify(1);
    updates.wait();
    stop.close();
    controllers.wait();
  });
}
