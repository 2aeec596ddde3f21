// Many who want the same at the same time: one does it, all get it.
#include "sluice/single_flight.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

// Has `count` goroutines call for one key; the first to come runs `f` once the others wait for it.
template <class F, class Each>
void all_call(SingleFlight<std::string, int>& flights, std::size_t count, F f, Each each) {
  WaitGroup wg;
  for (std::size_t i = 0; i < count; ++i) {
    wg.go([&] {
      each([&] {
        return flights.call("key", [&] {
          EXPECT_TRUE(test::eventually_parked("semacquire", count));  // main waits, too
          return f();
        });
      });
    });
  }
  wg.wait();
}

SLUICE_TEST(SingleFlight, OneDoesTheWorkAllGetTheResult) {
  SingleFlight<std::string, int> flights;
  std::atomic<int> runs{0};
  std::atomic<int> right{0};
  all_call(
      flights, 10, [&] { return ++runs + 6; }, [&](auto call) { right += call() == 7 ? 1 : 0; });
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(right, 10);
  EXPECT_EQ(flights.call("key", [] { return 1; }), 1) << "what has landed is not kept";
}

SLUICE_TEST(SingleFlight, AllGetTheException) {
  SingleFlight<std::string, int> flights;
  std::atomic<int> caught{0};
  all_call(
      flights, 5, []() -> int { throw 5; },
      [&](auto call) {
        try {
          call();
        } catch (int thrown) {
          caught += thrown == 5 ? 1 : 0;
        }
      });
  EXPECT_EQ(caught, 5);
}

SLUICE_TEST(SingleFlight, ExitOfTheOneIsAPanicForTheOthers) {
  SingleFlight<std::string, int> flights;
  std::atomic<int> panics{0};
  all_call(
      flights, 5, []() -> int { exit_goroutine(); },
      [&](auto call) {
        try {
          call();
          ADD_FAILURE() << "a value from nowhere";
        } catch (const Panic&) {
          ++panics;
        }
      });
  EXPECT_EQ(panics, 4);
  EXPECT_EQ(flights.call("key", [] { return 2; }), 2);
}

SLUICE_TEST(SingleFlight, KeysDoNotWaitForEachOther) {
  SingleFlight<int, int> flights;
  EXPECT_EQ(flights.call(1, [&] { return flights.call(2, [] { return 20; }) + 1; }), 21);
}

SLUICE_TEST(SingleFlight, ForgottenOnesAreCalledAnew) {
  SingleFlight<int, int> flights;
  const auto inside = make_chan();
  const auto end = make_chan();
  WaitGroup wg;
  wg.go([&] {
    EXPECT_EQ(flights.call(1,
                           [&] {
                             inside.close();
                             end.recv();
                             return 1;
                           }),
              1);
  });
  inside.recv();
  flights.forget(1);
  EXPECT_EQ(flights.call(1, [] { return 2; }), 2) << "waited for the forgotten one";
  end.close();
  wg.wait();
}

}  // namespace
}  // namespace sluice
