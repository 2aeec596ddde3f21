// Parents and children: a parent that holds a lock while children that it waits for take others, in changing orders;
// locks in an order that a channel gives; structures built by one goroutine and taken down by another after its end.
// RUN: %python %S/over_seeds.py --notes 20 %programs/silent_families
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

sluice::Mutex a, b, gate;
int n = 0;

void in_order(sluice::Mutex& first, sluice::Mutex& second) {
  sluice::Lock one(first);
  sluice::Lock two(second);
  ++n;
}

// The parent's lock is the gate of its children, who run one after the other or under it.
void under_the_parents_lock() {
  sluice::WaitGroup parents;
  for (int i = 0; i < 2; ++i) {
    parents.go([i] {
      sluice::Lock held(gate);
      sluice::WaitGroup child;
      child.go([i] { i == 0 ? in_order(a, b) : in_order(b, a); });
      child.wait();
    });
  }
  parents.wait();
}

// The same orders, but the second only after the first one's goroutine has said on a channel that it is done.
void ordered_by_a_channel() {
  auto done = sluice::make_chan();
  sluice::WaitGroup both;
  sluice::Mutex c, d;
  both.go([&] {
    in_order(c, d);
    done.close();
  });
  both.go([&] {
    done.recv();
    in_order(d, c);
  });
  both.wait();
}

// One value in a channel with room for one: who has put it there, or has taken it out, is alone.
void under_a_channel() {
  auto room = sluice::make_chan<int>(1);
  auto token = sluice::make_chan<int>(1);
  token.send(1);
  sluice::Mutex c, d;
  sluice::WaitGroup both;
  for (int i = 0; i < 2; ++i) {
    both.go([&, i] {
      for (int round = 0; round < 3; ++round) {
        room.send(i);
        i == 0 ? in_order(c, d) : in_order(d, c);
        room.recv();
      }
    });
  }
  both.wait();
  sluice::Mutex e, f;
  for (int i = 0; i < 2; ++i) {
    both.go([&, i] {
      for (int round = 0; round < 3; ++round) {
        token.recv();
        i == 0 ? in_order(e, f) : in_order(f, e);
        token.send(i);
      }
    });
  }
  both.wait();
}

// Work split again and again, with a WaitGroup at each level.
int sum(const std::vector<int>& values, std::size_t from, std::size_t to) {
  if (to - from < 8) {
    int total = 0;
    for (std::size_t i = from; i < to; ++i) total += values[i];
    return total;
  }
  int left = 0, right = 0;
  const std::size_t middle = (from + to) / 2;
  sluice::WaitGroup halves;
  halves.go([&] { left = sum(values, from, middle); });
  halves.go([&] { right = sum(values, middle, to); });
  halves.wait();
  return left + right;
}

// One goroutine builds a chain of locks from the front, and another, after it has ended, takes it down from the back.
void built_and_taken_down() {
  std::vector<std::unique_ptr<sluice::Mutex>> chain;
  sluice::WaitGroup wg;
  wg.go([&] {
    for (int i = 0; i < 6; ++i) {
      chain.push_back(std::make_unique<sluice::Mutex>());
      if (i > 0) in_order(*chain[chain.size() - 2], *chain.back());
    }
  });
  wg.wait();
  wg.go([&] {
    while (chain.size() > 1) {
      in_order(*chain.back(), *chain[chain.size() - 2]);
      chain.pop_back();
    }
  });
  wg.wait();
}

// A WaitGroup for many rounds, with more added by those who are counted.
int rounds() {
  sluice::WaitGroup wg;
  sluice::Mutex mu;
  int done = 0;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 3; ++i) {
      wg.add();
      sluice::go([&] {
        sluice::Defer last{[&] { wg.done(); }};
        wg.add();
        sluice::go([&] {
          sluice::Defer counted{[&] { wg.done(); }};
          sluice::Lock guard(mu);
          ++done;
        });
      });
    }
    wg.wait();
  }
  return done;
}

// Locks taken in one order by those who run at the same time, and in the other once they have all ended.
void before_and_after() {
  sluice::Mutex c, d;
  sluice::WaitGroup wg;
  for (int i = 0; i < 3; ++i) wg.go([&] { in_order(c, d); });
  wg.wait();
  for (int i = 0; i < 3; ++i) wg.go([&] { in_order(d, c); });
  wg.wait();
}

}  // namespace

int main() {
  return sluice::run([] {
    under_the_parents_lock();
    ordered_by_a_channel();
    under_a_channel();
    built_and_taken_down();
    before_and_after();
    const std::vector<int> ones(100, 1);
    return sum(ones, 0, ones.size()) == 100 && rounds() == 12 ? 0 : 1;
  });
}
