// Mistake: an exception leaves a goroutine. There is no caller to catch it, so the program ends
// with exit status 2, as an unrecovered panic does in Go.
// Mended: catch it inside the goroutine and send it to whoever can act on it.
#include <cstdio>
#include <stdexcept>
#include <string>

#include <sluice/sluice.hpp>

int parse(const std::string& line) {
  if (line.find('=') == std::string::npos) throw std::runtime_error("bad line: " + line);
  return static_cast<int>(line.size());
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.add();
    sluice::go({.name = "reader"}, [&] {
      sluice::Defer done{[&] { wg.done(); }};
      std::printf("%d\n", parse("colour=blue"));
      std::printf("%d\n", parse("contrast"));
    });
    wg.wait();
  });
}
