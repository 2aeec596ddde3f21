// A transport without streams needs no keep-alive: its keep-alive goroutine sleeps until a stream
// is opened. It waits for that with the transport's mutex held, which is what opening a stream
// needs to wake it.
#include <chrono>
#include <memory>
#include <set>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

class ClientTransport : public std::enable_shared_from_this<ClientTransport> {
 public:
  ClientTransport() {
    sluice::debug::name(&mu_, "transport.mu");
    sluice::debug::name(&awaken_, "transport.awaken");
    awaken_.send();  // full: nobody sleeps
  }

  void start() {
    sluice::go({.name = "keepalive"}, [self = shared_from_this()] { self->keepalive(); });
  }

  int new_stream() {
    sluice::Lock guard(mu_);
    const int id = next_id_++;
    streams_.insert(id);
    if (streams_.size() == 1) awaken_.try_send();
    return id;
  }

  void close() { done_.close(); }

 private:
  void keepalive() {
    for (;;) {
      switch (sluice::select(sluice::on_recv(sluice::after(1ms)), sluice::on_recv(done_))) {
        case 0:
          break;
        case 1:
          return;
      }
      mu_.lock();
      if (!streams_.empty()) {
        mu_.unlock();
        ++pings_;
        continue;
      }
      awaken_.recv();  // empties the slot, so that a new stream can fill it
      awaken_.recv();
      mu_.unlock();
    }
  }

  sluice::Mutex mu_;
  int next_id_ = 1;
  int pings_ = 0;
  std::set<int> streams_;
  sluice::Chan<> awaken_ = sluice::make_chan(1);
  sluice::Chan<> done_ = sluice::make_chan();
};

}  // namespace

int main() {
  return sluice::run([] {
    auto transport = std::make_shared<ClientTransport>();
    transport->start();
    sluice::sleep_for(30ms);  // the connection is idle for a while
    auto opened = sluice::make_chan();
    sluice::go({.name = "rpc"}, [transport, opened] {
      transport->new_stream();
      opened.close();
    });
    sluice::select(sluice::on_recv(opened), sluice::on_recv(sluice::after(20ms)));
    transport->close();
  });
}
