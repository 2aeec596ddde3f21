// RUN: %check_all %s
// expected-no-diagnostics
#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <sluice/sluice.hpp>

void use(int);
void use(const std::string&);

void by_value() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([=] { use(i); });
    wg.go([&wg, i] { use(i); });
  }
  wg.wait();
}

// A reference to an element is captured as the element.
void elements(std::vector<std::string>& names) {
  sluice::WaitGroup wg;
  for (std::string& name : names) wg.go([&] { use(name); });
  for (const auto& name : names) wg.go([&] { use(name); });
  wg.wait();
}

// Waited for in the same round.
void one_by_one() {
  for (int i = 0; i < 10; ++i) {
    sluice::WaitGroup wg;
    wg.go([&] { use(i); });
    wg.wait();
  }
  for (int i = 0; i < 10; ++i) {
    auto done = sluice::make_chan();
    sluice::go([&, done] {
      use(i);
      done.close();
    });
    done.recv();
  }
  for (int i = 0; i < 10; ++i) {
    std::thread thread([&] { use(i); });
    thread.join();
  }
  for (int i = 0; i < 10; ++i) std::jthread thread([&] { use(i); });
  for (int i = 0; i < 10; ++i) {
    auto result = std::async(std::launch::async, [&] { use(i); });
    result.get();
  }
}

// The loop is the goroutine's own.
void inside() {
  sluice::go([] {
    for (int i = 0; i < 10; ++i) use(i);
  });
}

// Changed, and kept apart from who refers to it.
void kept_apart(int n) {
  sluice::WaitGroup wg;
  int i = 0;
  for (; i < n; ++i) {
    wg.go([&] { use(i); });
    wg.wait();
  }
  sluice::Mutex mu;
  int last = 0;
  for (int k = 0; k < n; ++k) {
    {
      sluice::Lock lock(mu);
      last = k;
    }
    wg.go([&] {
      sluice::Lock lock(mu);
      use(last);
    });
  }
  std::atomic<int> newest = 0;
  for (int k = 0; k < n; ++k) {
    newest = k;
    wg.go([&] { use(newest); });
  }
  wg.wait();
}
// The round that starts it is the last.
void found(const std::vector<int>& numbers) {
  sluice::WaitGroup wg;
  int number = 0;
  for (int each : numbers) {
    number = each;
    if (each < 0) continue;
    wg.go([&] { use(number); });
    break;
  }
  wg.wait();
}
// The loop sets it once, before its rounds.
void set_once(int n) {
  sluice::WaitGroup wg;
  int from, i = 0;
  for (from = n; i < n;) {
    wg.go([&from] { use(from); });
    if (n == 3) continue;
    n--;
  }
  wg.wait();
}

// Not what the loop counts with.
void outside(int n) {
  sluice::WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([&n] { use(n); });
  }
  wg.wait();
}
