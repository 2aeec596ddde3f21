// go: what it takes, what it counts, and what becomes of the function's own things.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

void send_sum(Chan<int> ch, int a, int b) { ch.send(a + b); }

struct Adder {
  int base;
  void add(Chan<int> ch, int n) { ch.send(base + n); }
};

SLUICE_TEST(Go, TakesEveryKindOfCallable) {
  const auto ch = make_chan<int>();
  go(send_sum, ch, 1, 2);
  EXPECT_EQ(ch.recv(), 3);
  go(&send_sum, ch, 3, 4);
  EXPECT_EQ(ch.recv(), 7);
  go([=] { ch.send(5); });
  EXPECT_EQ(ch.recv(), 5);
  go(std::function<void()>([=] { ch.send(6); }));
  EXPECT_EQ(ch.recv(), 6);
  go(&Adder::add, Adder{10}, ch, 1);
  EXPECT_EQ(ch.recv(), 11);
  go([=, value = std::make_unique<int>(8)] { ch.send(*value); });
  EXPECT_EQ(ch.recv(), 8);
  go([ch](std::unique_ptr<int> value) { ch.send(*value); }, std::make_unique<int>(9));
  EXPECT_EQ(ch.recv(), 9);
  go(GoOptions{.name = "named"}, send_sum, ch, 5, 5);
  EXPECT_EQ(ch.recv(), 10);
}

SLUICE_TEST(Go, DecaysItsArguments) {
  const auto done = make_chan();
  int number = 1;
  char text[] = "before";
  go(
      [done](std::string copied, int value, int& referred) {
        done.recv();
        EXPECT_EQ(copied, "before");
        EXPECT_EQ(value, 1);
        EXPECT_EQ(referred, 2);
        done.send();
      },
      std::string(text), number, std::ref(number));
  number = 2;
  text[0] = 'B';
  done.send();
  done.recv();
}

SLUICE_TEST(Go, ManyArguments) {
  const auto ch = make_chan<std::string>();
  go([ch](int a, char b, const std::string& c,
          double d) { ch.send(std::to_string(a) + b + c + std::to_string(d)); },
     1, 'x', "yz", 0.5);
  EXPECT_EQ(ch.recv(), "1xyz0.500000");
}

SLUICE_TEST(Go, LargeAndAlignedClosures) {
  struct alignas(128) Large {
    std::array<char, 8000> bytes;
  };
  Large large;
  large.bytes.fill('q');
  const auto ok = make_chan<bool>();
  go([=] {
    ok.send(reinterpret_cast<std::uintptr_t>(&large) % 128 == 0 && large.bytes.front() == 'q' &&
            large.bytes.back() == 'q');
  });
  EXPECT_EQ(ok.recv(), true);
}

// Tells when it is destroyed.
struct Witness {
  explicit Witness(std::atomic<int>* count) : destroyed(count) {}
  Witness(Witness&& other) noexcept : destroyed(std::exchange(other.destroyed, nullptr)) {}
  ~Witness() {
    if (destroyed != nullptr) ++*destroyed;
  }
  std::atomic<int>* destroyed;
};

SLUICE_TEST(Go, DestroysTheFunctionWhenItHasReturned) {
  std::atomic<int> destroyed{0};
  go([witness = Witness(&destroyed)] {});
  EXPECT_TRUE(test::eventually([&] { return destroyed == 1; }));
  // A WaitGroup's goroutine is done only when its things are gone, or just before: either way it
  // ends.
  WaitGroup wg;
  wg.go([witness = Witness(&destroyed)] {});
  wg.wait();
  EXPECT_TRUE(test::eventually([&] { return destroyed == 2; }));
}

struct ThrowsWhenMoved {
  ThrowsWhenMoved() = default;
  ThrowsWhenMoved(const ThrowsWhenMoved& other) : moves(other.moves + 1) {
    if (moves > 1) throw std::runtime_error("moved too often");
  }
  void operator()() const {}
  int moves = 0;
};

SLUICE_TEST(Go, ExceptionOfACopyGoesToTheCaller) {
  EXPECT_THROW(go(ThrowsWhenMoved{}), std::runtime_error);
  EXPECT_EQ(num_goroutines(), 1u);
}

SLUICE_TEST(Go, TooLargeAClosurePanics) {
  struct Huge {
    std::array<char, 9'000> bytes;
  };
  EXPECT_THROW(go(GoOptions{.stack_size = 16 * 1024}, [huge = Huge{}] { (void)huge; }), Panic);
  EXPECT_EQ(num_goroutines(), 1u);
}

SLUICE_TEST(Go, IdsAreUnique) {
  constexpr int kCount = 500;
  const auto ids = make_chan<std::uint64_t>();
  for (int i = 0; i < kCount; ++i) go([=] { ids.send(goroutine_id()); });
  std::set<std::uint64_t> seen{goroutine_id()};
  for (int i = 0; i < kCount; ++i) EXPECT_TRUE(seen.insert(ids.recv().value()).second);
  EXPECT_EQ(*seen.begin(), 1u);
}

SLUICE_TEST(Go, IdStaysTheSame) {
  WaitGroup wg;
  for (int i = 0; i < 20; ++i) {
    wg.go([] {
      const std::uint64_t id = goroutine_id();
      for (int k = 0; k < 50; ++k) {
        yield();
        ASSERT_EQ(goroutine_id(), id);
      }
    });
  }
  wg.wait();
}

SLUICE_TEST(Go, NumGoroutinesCounts) {
  EXPECT_EQ(num_goroutines(), 1u);
  const auto hold = make_chan();
  const auto running = make_chan();
  for (std::size_t i = 1; i <= 20; ++i) {
    go([=] {
      running.send();
      hold.recv();
    });
    EXPECT_EQ(num_goroutines(), i + 1);
  }
  for (int i = 0; i < 20; ++i) running.recv();
  EXPECT_EQ(num_goroutines(), 21u);
  hold.close();
  EXPECT_TRUE(test::eventually([] { return num_goroutines() == 1; }));
}

SLUICE_TEST(Go, FromGoroutinesOfGoroutines) {
  std::atomic<int> leaves{0};
  WaitGroup wg;
  struct Tree {
    static void grow(WaitGroup& wg, std::atomic<int>& leaves, int depth) {
      if (depth == 0) {
        ++leaves;
        return;
      }
      for (int i = 0; i < 3; ++i) wg.go([&, depth] { grow(wg, leaves, depth - 1); });
    }
  };
  Tree::grow(wg, leaves, 6);
  wg.wait();
  EXPECT_EQ(leaves, 729);
}

SLUICE_TEST(Go, MoreThanAnyQueueHolds) {
  const int count = test::goroutines(20'000);
  std::atomic<int> ran{0};
  WaitGroup wg;
  for (int i = 0; i < count; ++i) wg.go([&] { ++ran; });
  wg.wait();
  EXPECT_EQ(ran, count);
}

SLUICE_TEST(Go, FromAForeignThread) {
  std::atomic<int> ran{0};
  WaitGroup wg;
  wg.add(100);
  test::ForeignThread thread([&] {
    for (int i = 0; i < 100; ++i) {
      go([&] {
        ++ran;
        wg.done();
      });
    }
  });
  wg.wait();
  EXPECT_EQ(ran, 100);
}

}  // namespace
}  // namespace sluice
