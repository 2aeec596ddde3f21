// Dialling starts a goroutine that connects again and again until the connection is closed. When
// the dialler's deadline passes, dial returns an error and does not close what it had made: the
// goroutine goes on for ever, sleeping and waking.
#include <chrono>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

class ClientConnection : public std::enable_shared_from_this<ClientConnection> {
 public:
  explicit ClientConnection(std::string target)
      : target_(std::move(target)), scope_(sluice::with_cancel(sluice::Context::background())) {}

  void start() {
    sluice::go({.name = "reset_transport"},
               [self = shared_from_this()] { self->reset_transport(); });
  }

  void close() { scope_.cancel(); }
  sluice::RecvChan<> ready() const { return ready_; }

 private:
  bool connect() { return target_.empty(); }  // nobody listens at any other address

  void reset_transport() {
    for (auto backoff = 1ms;; backoff = std::min(backoff * 2, 4ms)) {
      if (connect()) {
        ready_.close();
        return;
      }
      switch (sluice::select(sluice::on_recv(scope_.ctx.done()),
                             sluice::on_recv(sluice::after(backoff)))) {
        case 0:
          return;
        case 1:
          break;
      }
    }
  }

  const std::string target_;
  sluice::Cancellable scope_;
  sluice::Chan<> ready_ = sluice::make_chan();
};

// Returns a connection that is ready, or null when `ctx` ended first.
std::shared_ptr<ClientConnection> dial(sluice::Context ctx, std::string target) {
  auto connection = std::make_shared<ClientConnection>(std::move(target));
  connection->start();
  switch (sluice::select(sluice::on_recv(connection->ready()), sluice::on_recv(ctx.done()))) {
    case 0:
      return connection;
    default:
      return nullptr;
  }
}

}  // namespace

int main() {
  return sluice::run([] {
    auto [ctx, cancel] = sluice::with_timeout(sluice::Context::background(), 10ms);
    return dial(ctx, "nowhere:443") == nullptr ? 0 : 1;
  });
}
