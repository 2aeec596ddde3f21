// A server starts its raft node in a goroutine of its own and stops it later.
// Bug: the node makes its channels at the start of that goroutine, while the server uses the same
// fields. It is a data race; a server that stops at once finds nil channels and waits for ever.
#include <chrono>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

class RaftNode {
 public:
  void run() {
    stop_ = sluice::make_chan();
    done_ = sluice::make_chan();
    sluice::Ticker ticker(1ms);
    for (;;) {
      switch (sluice::select(sluice::on_recv(ticker.ticks()), sluice::on_recv(stop_))) {
        case 0:
          ++ticks_;
          break;
        case 1:
          ticker.stop();
          done_.close();
          return;
      }
    }
  }

  void stop() {
    stop_.send();
    done_.recv();
  }

 private:
  int ticks_ = 0;
  sluice::Chan<> stop_;
  sluice::Chan<> done_;
};

class Server {
 public:
  void start() {
    sluice::go({.name = "raft"}, [this] { node_.run(); });
  }
  void stop() { node_.stop(); }

  // Works through the entries that were logged before.
  void replay(unsigned entries) {
    for (unsigned entry = 0; entry < entries; ++entry) checksum_ = (checksum_ ^ entry) * 16777619u;
  }

 private:
  RaftNode node_;
  unsigned checksum_ = 2166136261u;
};

}  // namespace

int main() {
  return sluice::run([] {
    Server server;
    server.start();
    server.replay(300'000);
    server.stop();
  });
}
