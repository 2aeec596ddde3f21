// expect: must be movable and destructible without exceptions
// A value that throws while it moves between two goroutines would belong to neither.
#include <sluice/sluice.hpp>

struct Throwing {
  Throwing() = default;
  Throwing(Throwing&&) noexcept(false) {}
};

void use() {
  auto good = sluice::make_chan<int>(1);
  (void)good;
#ifdef MISTAKE
  auto bad = sluice::make_chan<Throwing>(1);
  (void)bad;
#endif
}
