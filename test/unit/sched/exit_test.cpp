// exit_goroutine and Local.
#include <string>

#include "sluice/defer.hpp"
#include "sluice/go.hpp"
#include "sluice/local.hpp"
#include "sluice/select.hpp"
#include "sluice/wait_group.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

SLUICE_TEST(ExitGoroutine, RunsDestructorsInnermostFirst) {
  std::string order;
  WaitGroup wg;
  wg.go([&] {
    Defer outer{[&] { order += "outer "; }};
    [&] {
      Defer inner{[&] { order += "inner "; }};
      try {
        exit_goroutine();
      } catch (const std::exception&) {
        order += "caught ";
      }
    }();
    order += "went on ";
  });
  wg.wait();
  EXPECT_EQ(order, "inner outer ");
}

TEST(ExitGoroutine, IsForGoroutines) {
  EXPECT_PANIC(exit_goroutine(), "sluice: exit_goroutine outside a goroutine");
}

Local<int> local_number;
Local<std::string> local_text;

SLUICE_TEST(Local, EachGoroutineHasItsOwnWhereverItRuns) {
  local_number.get() = -1;
  WaitGroup wg;
  for (int i = 0; i < 20; ++i) {
    wg.go([i] {
      EXPECT_EQ(local_number.get(), 0);
      local_number.get() = i;
      local_text.get() = std::to_string(i);
      for (int round = 0; round < 20; ++round) {
        yield();
        EXPECT_EQ(local_number.get(), i);
        EXPECT_EQ(local_text.get(), std::to_string(i));
      }
    });
  }
  wg.wait();
  EXPECT_EQ(local_number.get(), -1);
}

SLUICE_TEST(Local, ValuesDieWithTheirGoroutine) {
  struct Counted {
    std::atomic<int>* dead = nullptr;
    ~Counted() {
      if (dead != nullptr) ++*dead;
    }
  };
  Local<Counted> local;
  std::atomic<int> dead{0};
  WaitGroup wg;
  for (int i = 0; i < 5; ++i) wg.go([&] { local.get().dead = &dead; });
  wg.wait();
  while (dead != 5) yield();
}

SLUICE_TEST(Selector, ChoosesAmongCasesKnownAtRunTime) {
  Selector selector;
  std::optional<int> value;
  std::vector<Chan<int>> inputs;
  for (int i = 0; i < 20; ++i) {
    inputs.push_back(make_chan<int>(1));
    EXPECT_EQ(selector.add(on_recv(inputs.back(), value)), i);
  }
  EXPECT_EQ(selector.try_wait(), -1);
  inputs[13].send(4);
  EXPECT_EQ(selector.wait(), 13);
  EXPECT_EQ(value, 4);
  const auto out = make_chan<std::string>(1);
  EXPECT_EQ(selector.add(on_send(out, std::string("once"))), 20);
  EXPECT_EQ(selector.wait(), 20);
  EXPECT_EQ(out.recv(), "once");
  EXPECT_EQ(selector.try_wait(), -1);  // a send case goes once
}

}  // namespace
}  // namespace sluice
