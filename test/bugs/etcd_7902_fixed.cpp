// Clients take part in an election in rounds. At the end of each, the leader closes a channel for
// which the others wait, after they have given the shared mutex back. Each client's closure has a
// number of its own.
#include <chrono>
#include <functional>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

struct RoundClient {
  int progress = 0;
  sluice::Chan<> next;
  std::function<void()> validate;
  std::function<void()> release;
};

void do_rounds(std::vector<RoundClient>& clients, int rounds) {
  sluice::Mutex round_mu;
  sluice::WaitGroup all;
  for (RoundClient& client : clients) {
    all.go([&] {
      while (client.progress < rounds) {
        {
          sluice::Lock guard(round_mu);
          client.validate();
        }
        sluice::sleep_for(1ms);
        ++client.progress;
        {
          sluice::Lock guard(round_mu);
          client.release();
        }
        client.next.recv();
      }
    });
  }
  all.wait();
}

void run_election(int rounds) {
  std::vector<RoundClient> clients(3);
  auto next_round = sluice::make_chan();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    RoundClient& client = clients[i];
    client.validate = [&] { client.next = next_round; };
    client.release = [&, i, rounds] {
      if (i != 0) return;  // not the leader
      next_round.close();
      // Whoever is late finds the last round's channel closed.
      if (client.progress < rounds) next_round = sluice::make_chan();
    };
  }
  do_rounds(clients, rounds);
}

}  // namespace

int main() {
  return sluice::run([] {
    sluice::WaitGroup elections;
    elections.go([] { run_election(5); });
    elections.wait();
  });
}
