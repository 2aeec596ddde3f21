// Values of goroutines: each has its own, wherever it runs, until it ends.
#include "sluice/local.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

SLUICE_TEST(Local, EachGoroutineHasItsOwnAcrossSwitches) {
  Local<int> number;
  Local<std::string> text;
  number.get() = -1;
  WaitGroup wg;
  for (int i = 0; i < 50; ++i) {
    wg.go([&, i] {
      EXPECT_EQ(number.get(), 0);
      EXPECT_EQ(text.get(), "");
      number.get() = i;
      text.get() = std::to_string(i);
      for (int k = 0; k < 20; ++k) {
        yield();
        ASSERT_EQ(number.get(), i);
        ASSERT_EQ(text.get(), std::to_string(i));
      }
    });
  }
  wg.wait();
  EXPECT_EQ(number.get(), -1);
}

struct Witness {
  Witness() { ++made; }
  ~Witness() { ++gone; }
  inline static std::atomic<int> made{0};
  inline static std::atomic<int> gone{0};
};

SLUICE_TEST(Local, IsMadeAtFirstUseAndGoesWithItsGoroutine) {
  Witness::made = Witness::gone = 0;
  static Local<Witness> local;
  WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([i] {
      if (i % 2 == 0) return;  // never uses it
      local.get();
      local.get();
      if (i == 5) exit_goroutine();
    });
  }
  wg.wait();
  EXPECT_TRUE(test::eventually([] { return Witness::gone == 5; }));
  EXPECT_EQ(Witness::made, 5);
}

SLUICE_TEST(Local, OfAThreadOfYourOwn) {
  Local<int> number;
  number.get() = 1;
  blocking([&] {
    std::thread([&] {
      EXPECT_EQ(number.get(), 0);
      number.get() = 2;
      EXPECT_EQ(number.get(), 2);
    }).join();
  });
  EXPECT_EQ(number.get(), 1);
}

}  // namespace
}  // namespace sluice
