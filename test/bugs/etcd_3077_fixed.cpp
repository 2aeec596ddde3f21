// A server starts its raft node in a goroutine of its own and stops it later. The node's channels
// are there before the goroutine starts.
#include <chrono>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

class RaftNode {
 public:
  void run() {
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
  const sluice::Chan<> stop_ = sluice::make_chan();
  const sluice::Chan<> done_ = sluice::make_chan();
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
