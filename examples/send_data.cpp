// sendData: a value goes from one goroutine to another over a channel. The receiver waits for it,
// so nothing else is needed to know that the goroutine has come that far.
#include <cstdio>
#include <string>

#include <sluice/sluice.hpp>

void send_data(sluice::SendChan<std::string> ch) { ch.send("Hello from a goroutine!"); }

int main() {
  return sluice::run([] {
    auto ch = sluice::make_chan<std::string>();
    sluice::go(send_data, ch);
    std::string message = *ch.recv();
    std::puts(message.c_str());
  });
}
