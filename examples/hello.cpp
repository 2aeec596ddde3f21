// The smallest program: one goroutine prints, and closes a channel so that main knows.
// From the API's description.
#include <cstdio>

#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    auto done = sluice::make_chan();
    sluice::go([=] {
      std::puts("hello");
      done.close();
    });
    done.recv();  // parks until the channel is closed
  });
}
