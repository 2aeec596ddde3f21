// Goroutines in known places, for a debugger to find: `parked GUESTS [mappings]`. Prints "parked"
// once each is where it is to be. Lets them all end when its standard input does, and prints
// "closed". "mappings" keeps guards from being markers, at which gdb's own core files break off.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sluice/sluice.hpp>

namespace {

struct Order {
  int number;
  const char* dish;
};

[[gnu::noinline]] int wait_for_dish(sluice::Chan<int> kitchen, Order order) {
  const int doubled = order.number * 2;
  const int dish = kitchen.recv().value_or(doubled);
  return dish + doubled;
}

inline int seat(sluice::Chan<int> kitchen, int number) {
  const int table = number + 1000;
  return wait_for_dish(kitchen, {number, "soup"}) + table;
}

[[gnu::noinline]] void stir(std::atomic<bool>& stirring, const std::atomic<bool>& closing) {
  for (stirring = true; !closing;) {
  }
}

// As on a system that does not know what a guard marker is.
void refuse_guard_markers() {
  constexpr int kGuardInstall = 102;
  const auto equal = [](unsigned value, unsigned char skipped) {
    return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
  };
  const auto load = [](unsigned offset) {
    return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
  };
  const sock_filter refused = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL);
  sock_filter filter[] = {
      load(offsetof(seccomp_data, nr)),
      equal(SYS_process_madvise, 1),
      refused,
      equal(SYS_madvise, 3),
      load(offsetof(seccomp_data, args[2])),
      equal(kGuardInstall, 1),
      refused,
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    std::perror("prctl");
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int guests = argc > 1 ? std::atoi(argv[1]) : 3;
  if (argc > 2 && std::strcmp(argv[2], "mappings") == 0) refuse_guard_markers();
  return sluice::run({.workers = 2, .stack_size = 64 << 10}, [=] {
    auto kitchen = sluice::make_chan<int>();
    auto doors = sluice::make_chan<int>();
    sluice::Mutex till;
    std::atomic<int> begun{0};
    std::atomic<bool> stirring{false}, closing{false};
    sluice::WaitGroup inside;
    for (int number = 0; number < guests; ++number) {
      inside.go([&begun, kitchen, number] {
        ++begun;
        seat(kitchen, number);
      });
    }
    till.lock();
    inside.add(2);
    sluice::go({.name = "cashier"}, [&] {
      ++begun;
      till.lock();
      till.unlock();
      inside.done();
    });
    sluice::go({.name = "doorman"}, [&] {
      sluice::blocking([] {
        while (std::getchar() != EOF) {
        }
      });
      doors.close();
    });
    while (begun != guests + 1) sluice::yield();
    sluice::go({.name = "cook"}, [&] {
      stir(stirring, closing);
      inside.done();
    });
    sluice::go([&] {
      // All that began before it have gone on to where they wait: it is the last in the queue.
      while (!stirring) sluice::yield();
      std::puts("parked");
      std::fflush(stdout);
    });
    doors.recv();
    closing = true;
    till.unlock();
    kitchen.close();
    inside.wait();
    std::puts("closed");
  });
}
