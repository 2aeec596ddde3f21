// The rows, once for every C++ peer. A Kit is what a library calls its things:
//
//   go(f)                  a task, left to itself
//   Group                  go(f) and wait()
//   Mutex, SharedMutex     as in the standard library
//   Cond                   wait(lock), notify_one()
//   Chan<T>                Chan(capacity); send(T); bool recv(T&); close(). 0: unbuffered
//   yield(), sleep(duration)
//
// What a kit has no type for is left out of its rows.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <vector>

#include "row.hpp"

namespace peers {

template <class Kit>
struct Tasks {
  using Group = typename Kit::Group;

  static double spawn() {
    constexpr int kBatch = 100, kBatches = 5'000;
    return per_operation(kBatch * kBatches, [] {
      for (int batch = 0; batch < kBatches; ++batch) {
        Group group;
        for (int i = 0; i < kBatch; ++i) {
          group.go([] {});
        }
        group.wait();
      }
    });
  }

  // All are started before any may end.
  static double alive(int warm_ups, int rounds) {
    constexpr int kCount = 100'000;
    return best_of(warm_ups, rounds, kCount, [] {
      typename Kit::template Chan<char> gate(0);
      Group group;
      for (int i = 0; i < kCount; ++i) {
        group.go([&gate] {
          char nothing;
          gate.recv(nothing);
        });
      }
      gate.close();
      group.wait();
    });
  }

  static double bytes(int count) {
    typename Kit::template Chan<char> gate(0);
    Group group;
    memory();
    const double before = memory();
    for (int i = 0; i < count; ++i) {
      group.go([&gate] {
        char nothing;
        gate.recv(nothing);
      });
      if (i % 1000 == 0) Kit::yield();
    }
    for (int i = 0; i < 100; ++i) Kit::yield();
    const double used = (memory() - before) / count;
    gate.close();
    group.wait();
    return used;
  }

  // All are started, and wait; then all are woken, and end. What counts is the one or the other.
  static double wait_for_all(int count, bool waking) {
    const int times = std::max(1, 100'000 / count);
    return best_of(1, 2, static_cast<double>(times) * count, [=] {
      double spent = 0;
      for (int i = 0; i < times; ++i) {
        typename Kit::template Chan<char> gate(0), all_wait(1);
        std::atomic<int> waiting = 0;
        Group group;
        const double start = seconds();
        for (int k = 0; k < count; ++k) {
          group.go([&] {
            if (waiting.fetch_add(1, std::memory_order_relaxed) + 1 == count) all_wait.send(0);
            char nothing;
            gate.recv(nothing);
          });
        }
        char nothing;
        all_wait.recv(nothing);
        const double woken = seconds();
        gate.close();
        group.wait();
        spent += waking ? seconds() - woken : woken - start;
      }
      return spent;
    });
  }

  static double yield(int tasks) {
    const int each = 1'000'000 / tasks;
    return per_operation(static_cast<double>(each) * tasks, [=] {
      Group group;
      for (int i = 0; i < tasks; ++i) {
        group.go([=] {
          for (int k = 0; k < each; ++k) Kit::yield();
        });
      }
      group.wait();
    });
  }

  static double sleepers() {
    constexpr int kCount = 100'000;
    const auto all = [] {
      std::minstd_rand random(1);
      Group group;
      for (int i = 0; i < kCount; ++i) {
        const std::chrono::microseconds time(1000 + random() % 99'000);
        group.go([=] { Kit::sleep(time); });
      }
      group.wait();
    };
    all();
    const double before = processor_time();
    all();
    return (processor_time() - before) * 1e3;
  }

  static void add(Rows& rows) {
    rows["spawn"] = &spawn;
    rows["alive"] = [] { return alive(0, 1); };
    rows["alive warm"] = [] { return alive(1, 2); };
    rows["bytes"] = [] { return bytes(1'000'000); };
    rows["yield 2"] = [] { return yield(2); };
    rows["yield 1000"] = [] { return yield(1000); };
    rows["sleepers"] = &sleepers;
    for (int count = 1; count <= 1'000'000; count *= 10) {
      const std::string of = " of " + std::to_string(count);
      rows["bytes" + of] = [=] { return bytes(count); };
      rows["start" + of] = [=] { return wait_for_all(count, false); };
      rows["wake" + of] = [=] { return wait_for_all(count, true); };
    }
  }
};

template <class Kit>
struct Locks {
  using Group = typename Kit::Group;
  using Mutex = typename Kit::Mutex;
  static constexpr int kTasks = 8, kEach = 200'000;

  // `section(i)` by each of eight tasks, in all kTasks * kEach times.
  template <class Section>
  static double shared(Section section, int each = kEach) {
    return per_operation(kTasks * static_cast<double>(each), [&] {
      Group group;
      for (int task = 0; task < kTasks; ++task) {
        group.go([&] {
          for (int i = 0; i < each; ++i) section(i);
        });
      }
      group.wait();
    });
  }

  static double alone() {
    constexpr int kCount = 10'000'000;
    return per_operation(kCount, [] {
      Mutex mutex;
      for (int i = 0; i < kCount; ++i) {
        mutex.lock();  // NOLINT(sluice-empty-critical-section): what is measured
        mutex.unlock();
      }
    });
  }
  static double tiny() {
    Mutex mutex;
    long count = 0;
    return shared([&](int) {
      mutex.lock();
      ++count;
      mutex.unlock();
    });
  }
  static double yielding() {
    Mutex mutex;
    long count = 0;
    return shared(
        [&](int i) {
          mutex.lock();
          ++count;
          if (i % 16 == 0) Kit::yield();
          mutex.unlock();
        },
        kEach / 4);
  }
  static double readers() {
    typename Kit::SharedMutex mutex;
    long value = 0;
    return shared([&](int i) {
      if (i % 1000 == 0) {
        mutex.lock();
        ++value;
        mutex.unlock();
      } else {
        mutex.lock_shared();  // NOLINT(sluice-empty-critical-section): the same
        mutex.unlock_shared();
      }
    });
  }
  static double cond() {
    constexpr int kTrips = 100'000;
    return per_operation(kTrips, [] {
      Mutex mutex;
      typename Kit::Cond changed;
      int turn = 0;
      const auto play = [&](int mine) {
        std::unique_lock lock(mutex);
        for (int i = 0; i < kTrips; ++i) {
          while (turn != mine) changed.wait(lock);
          turn = 1 - mine;
          changed.notify_one();
        }
      };
      Group group;
      group.go([&] { play(0); });
      group.go([&] { play(1); });
      group.wait();
    });
  }

  static void add(Rows& rows) {
    rows["mutex"] = &alone;
    rows["mutex of 8"] = &tiny;
    rows["mutex with yield"] = &yielding;
    rows["cond"] = &cond;
    if constexpr (requires { typename Kit::SharedMutex; }) rows["rwmutex"] = &readers;
  }
};

template <class Kit>
struct Channels {
  using Group = typename Kit::Group;
  template <class T>
  using Chan = typename Kit::template Chan<T>;

  static double ping_pong() {
    constexpr int kTrips = 200'000;
    return per_operation(kTrips, [] {
      Chan<int> there(0), back(0);
      Group group;
      group.go([&] {
        int value;
        while (there.recv(value)) back.send(value);
      });
      for (int i = 0; i < kTrips; ++i) {
        int value = i;
        there.send(value);
        back.recv(value);
      }
      there.close();
      group.wait();
    });
  }

  static double buffered() {
    constexpr int kCount = 3'000'000;
    return per_operation(kCount, [] {
      Chan<int> values(128);
      for (int i = 0; i < kCount; ++i) {
        int value = i;
        values.send(value);
        values.recv(value);
      }
    });
  }

  static double stream(int pairs) {
    constexpr int kItems = 1'000'000;
    return per_operation(kItems, [=] {
      Chan<int> values(128);
      Group producers, consumers;
      for (int p = 0; p < pairs; ++p) {
        producers.go([&] {
          for (int i = 0; i < kItems / pairs; ++i) values.send(i);
        });
        consumers.go([&] {
          int value;
          while (values.recv(value)) {
          }
        });
      }
      producers.wait();
      values.close();
      consumers.wait();
    });
  }

  // Each prime filters what comes behind it, up to the 2,000th.
  static double sieve() {
    constexpr int kLast = 17'389;
    return per_operation(1e6, [] {
      Group group;
      auto source = std::make_shared<Chan<int>>(0);
      group.go([source] {
        for (int i = 2; i <= kLast; ++i) source->send(i);
        source->close();
      });
      for (int prime; source->recv(prime);) {
        auto next = std::make_shared<Chan<int>>(0);
        group.go([source, next, prime] {
          for (int value; source->recv(value);) {
            if (value % prime != 0) next->send(value);
          }
          next->close();
        });
        source = next;
      }
      group.wait();
    });
  }

  // The sum of the numbers of a million leaves, ten to a branch.
  static void leaves(Chan<long>& to, long number, int size) {
    if (size == 1) return to.send(number);
    Chan<long> from(10);
    Group group;
    for (int i = 0; i < 10; ++i) {
      group.go([&from, i, number, size] { leaves(from, number + i * (size / 10), size / 10); });
    }
    long sum = 0;
    for (int i = 0; i < 10; ++i) {
      long part = 0;
      from.recv(part);
      sum += part;
    }
    group.wait();
    to.send(sum);
  }
  static double skynet() {
    return per_operation(1e6, [] {
      Chan<long> result(1);
      leaves(result, 0, 1'000'000);
    });
  }

  static void add(Rows& rows) {
    rows["ping-pong"] = &ping_pong;
    rows["buffered"] = &buffered;
    rows["1 to 1"] = [] { return stream(1); };
    rows["4 to 4"] = [] { return stream(4); };
    rows["sieve"] = &sieve;
    rows["skynet"] = &skynet;
  }
};

}  // namespace peers
