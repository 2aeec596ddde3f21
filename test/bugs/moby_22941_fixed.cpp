// A test sends pairs of a request and the answer that it expects over a connection, each from a
// goroutine that has a copy of its pair.
#include <vector>

#include <sluice/sluice.hpp>

namespace {

struct Pair {
  int request = 0;
  int expected = 0;
};

class Connection {
 public:
  void write(int request) {
    sluice::Lock guard(mu_);
    sent_.push_back(request);
  }
  std::size_t sent() {
    sluice::Lock guard(mu_);
    return sent_.size();
  }

 private:
  sluice::Mutex mu_;
  std::vector<int> sent_;
};

}  // namespace

int main() {
  return sluice::run([] {
    const std::vector<Pair> pairs = {{1, 10}, {2, 20}, {3, 30}, {4, 40}};
    Connection connection;
    sluice::WaitGroup writers;
    for (const Pair& pair : pairs) {
      writers.go([&connection, pair] { connection.write(pair.request); });
    }
    writers.wait();
    return connection.sent() == pairs.size() ? 0 : 1;
  });
}
