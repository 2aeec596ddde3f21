// Clients take part in an election in rounds. At the end of each, the leader closes a channel for
// which the others wait, with the shared mutex held, so that the leader can't get the mutex to
// close it. Besides, each client's closure refers to the loop's variable, which after the loop is
// nobody's number: there is no leader at all.
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
        sluice::Lock guard(round_mu);
        client.release();
      }
    });
  }
  all.wait();
}

void run_election(int rounds) {
  std::vector<RoundClient> clients(3);
  auto next_round = sluice::make_chan();
  std::size_t i = 0;
  for (; i < clients.size(); ++i) {
    RoundClient& client = clients[i];
    client.validate = [&] { client.next = next_round; };
    client.release = [&] {
      if (i == 0) {  // the leader
        next_round.close();
        next_round = sluice::make_chan();
      }
      client.next.recv();
    };
  }
  do_rounds(clients, rounds);
}

}  // namespace

int main() {
  return sluice::run([] {
    auto elected = sluice::make_chan();
    sluice::go({.name = "election"}, [elected] {
      run_election(5);
      elected.close();
    });
    sluice::select(sluice::on_recv(elected), sluice::on_recv(sluice::after(50ms)));
  });
}
