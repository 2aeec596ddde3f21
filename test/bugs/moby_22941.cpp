// A test sends pairs of a request and the answer that it expects over a connection, each from a
// goroutine of its own.
// Bug: the goroutines refer to the current pair, the loop's variable, which the loop overwrites.
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
    Pair pair;  // the one variable of all iterations
    for (const Pair& each : pairs) {
      pair = each;
      writers.go([&] { connection.write(pair.request); });
    }
    writers.wait();
    return connection.sent() == pairs.size() ? 0 : 1;
  });
}
