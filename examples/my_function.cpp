// `go myFunction()`: any function can be started as a goroutine, with its arguments. Arguments are
// copied into the goroutine, so they need not outlive the call.
#include <cstdio>
#include <string>

#include <sluice/sluice.hpp>

void my_function(const std::string& text, sluice::WaitGroup* wg) {
  sluice::Defer done{[&] { wg->done(); }};
  std::printf("my_function: %s\n", text.c_str());
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.add();
    sluice::go(my_function, std::string("started with go"), &wg);
    wg.wait();
  });
}
