// A server that stops gracefully: it takes no more connections and lets those go on that it has.
// Fixed: graceful_stop holds the mutex for the length of its scope, however it returns; the test
// waits for what it started.
#include <vector>

#include <sluice/sluice.hpp>

namespace {

class Server {
 public:
  Server() { sluice::debug::name(&mu_, "server.mu"); }

  void serve() {
    sluice::Lock lock(mu_);
    if (!draining_) ++listeners_;
  }

  void stop() {
    sluice::Lock lock(mu_);
    listeners_ = 0;
  }

  void graceful_stop() {
    sluice::Lock lock(mu_);
    draining_ = true;
    if (connections_.empty()) return;
    for (int connection : connections_) drain(connection);
    connections_.clear();
  }

 private:
  void drain(int connection) { drained_.push_back(connection); }

  sluice::Mutex mu_;
  bool draining_ = false;
  int listeners_ = 0;
  std::vector<int> connections_;
  std::vector<int> drained_;
};

class ServerTest {
 public:
  void start() {
    running_.add();
    sluice::go({.name = "serve"}, [this] {
      server_.serve();
      running_.done();
    });
  }

  void tear_down() {
    server_.graceful_stop();
    server_.stop();
    running_.wait();
  }

  Server& server() { return server_; }

 private:
  Server server_;
  sluice::WaitGroup running_;
};

}  // namespace

int main() {
  return sluice::run([] {
    ServerTest test;
    test.start();
    test.server().graceful_stop();
    test.tear_down();
  });
}
