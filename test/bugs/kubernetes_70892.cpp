// A scheduler scores nodes: for each pair of a node and a priority function, one of two workers
// adds a part to the node's score. Bug: two workers may add to the score of the same node at the
// same time.
#include <functional>
#include <string>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

struct HostPriority {
  std::string host;
  int score = 0;
};

using PriorityFunction = std::function<int(const std::string& host)>;

// Runs `work` for each of the pieces, on as many goroutines as given.
void parallelize(int workers, int pieces, const std::function<void(int)>& work) {
  auto to_process = sluice::make_chan<int>(static_cast<std::size_t>(pieces));
  for (int piece = 0; piece < pieces; ++piece) to_process.send(piece);
  to_process.close();
  sluice::WaitGroup all;
  for (int i = 0; i < workers; ++i) {
    all.go([&] {
      for (int piece : to_process) work(piece);
    });
  }
  all.wait();
}

std::vector<HostPriority> prioritize(const std::vector<std::string>& hosts,
                                     const std::vector<PriorityFunction>& functions) {
  std::vector<HostPriority> result;
  for (const std::string& host : hosts) result.push_back({host, 0});
  const int count = static_cast<int>(functions.size());
  parallelize(2, static_cast<int>(hosts.size()) * count, [&](int piece) {
    HostPriority& slot = result[static_cast<std::size_t>(piece / count)];
    slot.score += functions[static_cast<std::size_t>(piece % count)](slot.host);
  });
  return result;
}

// Looks at the pods of `host` one by one.
int look_at_pods(const std::string& host, unsigned weight) {
  unsigned sum = 0;
  for (unsigned pod = 0; pod < 2'000'000; ++pod) sum = (sum ^ pod) * weight;
  return host.back() - '0' + static_cast<int>(sum % 2);
}
int spread(const std::string& host) { return look_at_pods(host, 16777619); }
int balance(const std::string& host) { return look_at_pods(host, 2166136261); }

}  // namespace

int main() {
  return sluice::run([] {
    const auto result = prioritize({"machine1", "machine2", "machine3"}, {&spread, &balance});
    return result.size() == 3 ? 0 : 1;
  });
}
