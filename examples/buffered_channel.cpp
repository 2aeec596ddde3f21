// Buffered and unbuffered channels: with room for three values a sender goes on before anybody
// receives; without room each send waits for its receiver.
#include <cstdio>

#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    auto buffered = sluice::make_chan<int>(3);
    for (int i = 1; i <= 3; ++i) buffered.send(i);  // nobody receives yet
    std::printf("buffered: %zu of %zu\n", buffered.size(), buffered.capacity());
    std::printf("a fourth: %s\n", buffered.try_send(4) ? "sent" : "no room");
    buffered.close();
    for (int value : buffered) std::printf("received %d\n", value);  // what was buffered, in order

    auto unbuffered = sluice::make_chan<int>();
    std::printf("without a receiver: %s\n", unbuffered.try_send(1) ? "sent" : "would wait");
    sluice::go([=] { unbuffered.send(1); });  // waits in there for the receive below
    std::printf("handed over: %d\n", *unbuffered.recv());
  });
}
