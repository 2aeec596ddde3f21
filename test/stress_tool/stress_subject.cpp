// A program for sluice-stress: what it does is told by its first argument.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sluice/sluice.hpp>

namespace {

// Hangs under those schedules in which each goroutine takes its first lock before the other takes
// its second. A gate that is open now and then keeps lock order from being the news.
void ab_ba() {
  sluice::Mutex a;
  sluice::Mutex b;
  sluice::WaitGroup both;
  both.go([&] {
    a.lock();
    b.lock();  // NOLINT(sluice-empty-critical-section)
    b.unlock();
    a.unlock();
  });
  both.go([&] {
    b.lock();
    a.lock();  // NOLINT(sluice-empty-critical-section)
    a.unlock();
    b.unlock();
  });
  both.wait();
}

// Finds an assertion wrong when the second goroutine comes first.
int order_matters() {
  std::string order;
  sluice::Mutex mu;
  sluice::WaitGroup both;
  for (const char* name : {"a", "b"}) {
    both.go([&, name] {
      const sluice::Lock lock(mu);
      order += name;
    });
  }
  both.wait();
  std::printf("order: %s\n", order.c_str());
  return order == "ab" ? 0 : 7;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  return sluice::run([&] {
    if (what == "ab-ba") ab_ba();
    if (what == "order") return order_matters();
    if (what == "crash") std::abort();
    if (what == "sleep") sluice::sleep_for(std::chrono::hours(1));
    if (what == "fork") {
      // A grandchild, out of its parent's sight, that would stay for long.
      std::printf("%d\n",
                  std::system("setsid sleep 3600 </dev/null >/dev/null 2>&1 & echo started"));
      std::fflush(stdout);
      sluice::sleep_for(std::chrono::hours(1));
    }
    return 0;
  });
}
