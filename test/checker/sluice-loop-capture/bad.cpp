// RUN: %check_all %s
// Goroutines and threads that refer to a variable which the loop changes.
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

void use(int);
void use(const std::string&);

void counts() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([&] { use(i); });  // expected-warning {{the goroutine refers to the loop's 'i', which changes or is gone while it runs}}
  }
  wg.wait();
}

void explicitly() {
  for (int i = 0, n = 10; i < n; ++i) {
    sluice::go([&i, n] { use(i + n); });  // expected-warning {{the goroutine refers to the loop's 'i'}}
  }
}

void copies(const std::vector<std::string>& names) {
  for (std::string name : names) {
    sluice::go([&] { use(name); });  // expected-warning {{the goroutine refers to the loop's 'name'}}
  }
}

void threads() {
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(std::thread([&] { use(i); }));  // expected-warning {{the thread refers to the loop's 'i'}}
  }
  for (std::thread& each : all) each.join();
}

struct Pair {
  int request = 0, expected = 0;
};

// One variable for all rounds.
void overwritten(const std::vector<Pair>& pairs) {
  sluice::WaitGroup wg;
  Pair pair;
  for (const Pair& each : pairs) {
    pair = each;
    wg.go([&] { use(pair.request); });  // expected-warning {{the goroutine refers to 'pair', which the loop changes while it runs; capture it by value}}
  }
  wg.wait();
}
void counted_outside() {
  sluice::WaitGroup wg;
  int i = 0;
  for (; i < 10; ++i) {
    wg.go([&] { use(i); });  // expected-warning {{the goroutine refers to 'i', which the loop changes while it runs}}
  }
  wg.wait();
}
void counted_in_the_body(int n) {
  sluice::WaitGroup wg;
  int i = 0;
  while (i < n) {
    wg.go([&i] { use(i); });  // expected-warning {{the goroutine refers to 'i', which the loop changes}}
    i += 2;
  }
  wg.wait();
}

void nested() {
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 4; ++k) {
      sluice::go([i, &k] { use(i * k); });  // expected-warning {{the goroutine refers to the loop's 'k'}}
    }
  }
}

void of_pairs(const std::vector<std::pair<int, int>>& all) {
  for (auto [first, second] : all) {
    sluice::go([&] { use(first); });  // expected-warning {{the goroutine refers to the loop's 'first', which changes or is gone while it runs}}
  }
}
