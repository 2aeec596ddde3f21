// A replica waits for the commands that were proposed before its own. When its context is cancelled
// it leaves a drainer behind that receives from every command's channel, but the proposer, who
// would send on them, has stopped on the same cancel: the drainer waits for ever.
#include <memory>
#include <string>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

class Replica : public std::enable_shared_from_this<Replica> {
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
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      switch (sluice::select(sluice::on_recv(commands_[i]), sluice::on_recv(ctx.done()))) {
        case 0:
          break;
        case 1:
          // Nobody must be kept waiting on the send of a command that is not wanted any more.
          sluice::go({.name = "drain"}, [self = shared_from_this(), i] { self->drain(i); });
          return false;
      }
    }
    return true;
  }

 private:
  void drain(std::size_t from) {
    for (std::size_t i = from; i < commands_.size(); ++i) commands_[i].recv();
  }

  std::vector<sluice::Chan<>> commands_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto replica = std::make_shared<Replica>(4);
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    sluice::go({.name = "proposer"}, [replica, ctx = ctx] { replica->apply_commands(ctx); });
    sluice::go({.name = "command"}, [replica, ctx = ctx] { replica->begin_command(ctx); });
    cancel();
  });
}
