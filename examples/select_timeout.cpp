// select with a timeout: the first of two answers, or neither within 20 ms.
// From the API's description.
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

std::string first_of(sluice::RecvChan<std::string> a, sluice::RecvChan<std::string> b) {
  std::optional<std::string> v;
  switch (sluice::select(sluice::on_recv(a, v), sluice::on_recv(b, v),
                         sluice::on_recv(sluice::after(20ms)))) {
    case 0:
      return "a " + v.value_or("closed");
    case 1:
      return "b " + v.value_or("closed");
    default:
      return "timeout";
  }
}

int main() {
  return sluice::run([] {
    // Room for one answer each, so that whoever answers need not wait for a listener.
    auto a = sluice::make_chan<std::string>(1);
    auto b = sluice::make_chan<std::string>(1);
    std::puts(first_of(a, b).c_str());
    b.send("answers");
    std::puts(first_of(a, b).c_str());
    a.close();
    std::puts(first_of(a, b).c_str());
  });
}
