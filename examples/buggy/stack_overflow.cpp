// Mistake: recursion as deep as the input says, on a stack of fixed size. Go's stacks grow.
// Mended: a limit on the depth, a loop, or a larger stack, sluice::go({.stack_size = 8 << 20}, f).
#include <cstdio>
#include <string>

#include <sluice/sluice.hpp>

// How deep the brackets in `text` nest, from `at` on.
int depth(const std::string& text, std::size_t at) {
  if (at == text.size() || text[at] != '[') return 0;
  const int below = depth(text, at + 1);
  return below + 1;
}

int main() {
  return sluice::run([] {
    std::printf("%d\n", depth("[[[]]]", 0));
    std::fflush(stdout);
    auto answer = sluice::make_chan<int>();
    sluice::go({.name = "parser"}, [=] { answer.send(depth(std::string(1'000'000, '['), 0)); });
    std::printf("%d\n", *answer.recv());
  });
}
