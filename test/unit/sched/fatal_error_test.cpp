// Mistakes that end the process: Go's line, a dump of all goroutines, exit status 2, and no way to
// catch them.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/expect_fatal.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

// What catches everything must not catch these.
template <class F>
int try_to_catch(F f) {
  return run([&] {
    try {
      f();
    } catch (...) {
    }
  });
}

SLUICE_CHILD(unlock_of_unlocked_mutex) {
  return try_to_catch([] {
    Mutex mu;
    mu.unlock();
  });
}
SLUICE_CHILD(second_unlock_of_mutex) {
  return try_to_catch([] {
    Mutex mu;
    mu.lock();
    mu.unlock();
    mu.unlock();
  });
}
SLUICE_CHILD(unlock_of_unlocked_mutex_on_a_foreign_thread) {
  Mutex mu;
  mu.unlock();
  return 0;
}

TEST(FatalError, UnlockOfUnlockedMutex) {
  for (const auto* child : {&unlock_of_unlocked_mutex, &second_unlock_of_mutex}) {
    const test::Dump dump =
        test::expect_fatal(*child, "fatal error: sync: unlock of unlocked mutex\n");
    ASSERT_FALSE(dump.goroutines.empty());
    EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [running]:");
    EXPECT_TRUE(dump.goroutines[0].mentions("fatal_error_test.cpp"))
        << "the stack does not reach the mistake";
  }
  test::expect_fatal(unlock_of_unlocked_mutex_on_a_foreign_thread,
                     "fatal error: sync: unlock of unlocked mutex\n");
}

SLUICE_CHILD(unlock_of_unlocked_rw_mutex) {
  return try_to_catch([] {
    RWMutex mu;
    mu.unlock();
  });
}
SLUICE_CHILD(unlock_of_read_locked_rw_mutex) {
  return try_to_catch([] {
    RWMutex mu;
    mu.lock_shared();
    mu.unlock();
  });
}
SLUICE_CHILD(second_unlock_of_rw_mutex) {
  return try_to_catch([] {
    RWMutex mu;
    mu.lock();
    mu.unlock();
    mu.unlock();
  });
}

TEST(FatalError, UnlockOfUnlockedRWMutex) {
  for (const auto* child : {&unlock_of_unlocked_rw_mutex, &unlock_of_read_locked_rw_mutex,
                            &second_unlock_of_rw_mutex}) {
    test::expect_fatal(*child, "fatal error: sync: Unlock of unlocked RWMutex\n");
  }
}

SLUICE_CHILD(runlock_of_unlocked_rw_mutex) {
  return try_to_catch([] {
    RWMutex mu;
    mu.unlock_shared();
  });
}
SLUICE_CHILD(runlock_of_write_locked_rw_mutex) {
  return try_to_catch([] {
    RWMutex mu;
    mu.lock();
    mu.unlock_shared();
  });
}
SLUICE_CHILD(second_runlock_of_rw_mutex) {
  return try_to_catch([] {
    RWMutex mu;
    mu.lock_shared();
    mu.unlock_shared();
    mu.unlock_shared();
  });
}

TEST(FatalError, RUnlockOfUnlockedRWMutex) {
  for (const auto* child : {&runlock_of_unlocked_rw_mutex, &runlock_of_write_locked_rw_mutex,
                            &second_runlock_of_rw_mutex}) {
    test::expect_fatal(*child, "fatal error: sync: RUnlock of unlocked RWMutex\n");
  }
}

SLUICE_CHILD(go_of_null_pointer) {
  return try_to_catch([] { go(static_cast<void (*)()>(nullptr)); });
}
SLUICE_CHILD(go_of_empty_function) {
  return try_to_catch([] { go(std::function<void()>()); });
}
SLUICE_CHILD(named_go_of_empty_function) {
  return try_to_catch([] { go(GoOptions{.name = "empty"}, std::function<void()>()); });
}
SLUICE_CHILD(wait_group_go_of_empty_function) {
  return try_to_catch([] {
    WaitGroup wg;
    wg.go(std::function<void()>());
  });
}

TEST(FatalError, GoOfNullFunction) {
  for (const auto* child : {&go_of_null_pointer, &go_of_empty_function, &named_go_of_empty_function,
                            &wait_group_go_of_empty_function}) {
    test::expect_fatal(*child, "fatal error: go of nil func value\n");
  }
}

// All goroutines are shown, the one at fault first.
SLUICE_CHILD(mistake_beside_other_goroutines) {
  return run(Options{.workers = 2}, [] {
    const auto ch = make_chan<int>();
    const auto parked = make_chan();
    for (int i = 0; i < 3; ++i) {
      go([=] {
        parked.send();
        ch.recv();
      });
    }
    for (int i = 0; i < 3; ++i) parked.recv();
    go([=] {
      Mutex mu;
      mu.unlock();
    });
    ch.recv();
  });
}

TEST(FatalError, ShowsAllGoroutines) {
  const test::Dump dump = test::expect_fatal(mistake_beside_other_goroutines,
                                             "fatal error: sync: unlock of unlocked mutex\n");
  ASSERT_EQ(dump.goroutines.size(), 5u);
  EXPECT_EQ(dump.goroutines[0].state, "running");
  EXPECT_GT(dump.goroutines[0].id, 1u);
  EXPECT_TRUE(dump.goroutines[0].mentions("in goroutine 1")) << "created by";
  EXPECT_NE(dump.with_id(1), nullptr);
}

}  // namespace
}  // namespace sluice
