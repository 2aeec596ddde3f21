// A replica waits for the commands that were proposed before its own. When its context is
// cancelled, proposer and command both stop: no drainer is needed, since a send that is not wanted
// ends with the same context.
#include <memory>
#include <string>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

class Replica {
 public:
  explicit Replica(int commands) {
    for (int i = 0; i < commands; ++i) {
      commands_.push_back(sluice::make_chan());
      sluice::debug::name(&commands_.back(), "command_" + std::to_string(i));
    }
  }

  // The proposer: tells each waiting command, in order, that it was applied.
  void apply_commands(sluice::Context ctx) {
    for (const auto& applied : commands_) {
      switch (sluice::select(sluice::on_send(applied), sluice::on_recv(ctx.done()))) {
        case 0:
          break;
        case 1:
          return;
      }
    }
  }

  // Waits until all of them were applied; false when the caller gave up first.
  bool begin_command(sluice::Context ctx) {
    for (const auto& applied : commands_) {
      switch (sluice::select(sluice::on_recv(applied), sluice::on_recv(ctx.done()))) {
        case 0:
          break;
        case 1:
          return false;
      }
    }
    return true;
  }

 private:
  std::vector<sluice::Chan<>> commands_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto replica = std::make_shared<Replica>(4);
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    sluice::WaitGroup both;
    both.go([replica, ctx = ctx] { replica->apply_commands(ctx); });
    both.go([replica, ctx = ctx] { replica->begin_command(ctx); });
    cancel();
    both.wait();
  });
}
