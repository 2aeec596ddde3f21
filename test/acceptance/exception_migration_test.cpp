// An exception whose goroutine parks while it is handled, or on its way, and goes on on another OS
// thread, is intact.
#include <gtest/gtest.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <string>

#include "sluice/sluice.hpp"
#include "support/figure.hpp"
#include "support/goroutine_test.hpp"
#include "support/migrate.hpp"

namespace {

using sluice::test::move_to_another_thread;
using sluice::test::thread_id;

struct Marked : std::runtime_error {
  explicit Marked(int n) : std::runtime_error("marked " + std::to_string(n)), number(n) {}
  int number;
};

// What the old thread must look like to whoever runs there next.
void expect_clean_thread() {
  EXPECT_EQ(std::current_exception(), nullptr) << "the exception stayed behind on the old thread";
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

SLUICE_TEST(ExceptionMigration, CaughtExceptionIsIntact) {
  const pid_t before = thread_id();
  try {
    try {
      throw Marked(1);
    } catch (const Marked& caught) {
      const std::exception_ptr current = std::current_exception();
      ASSERT_TRUE(move_to_another_thread(&expect_clean_thread));
      ASSERT_NE(thread_id(), before);
      EXPECT_EQ(std::current_exception(), current);
      EXPECT_EQ(caught.number, 1);
      EXPECT_STREQ(caught.what(), "marked 1");
      EXPECT_EQ(std::uncaught_exceptions(), 0);
      try {
        throw;
      } catch (const Marked& again) {
        EXPECT_EQ(&again, &caught) << "throw; threw another object";
      }
      ASSERT_TRUE(move_to_another_thread(&expect_clean_thread));
      throw;
    }
  } catch (const std::runtime_error& outer) {
    EXPECT_STREQ(outer.what(), "marked 1");
    ASSERT_TRUE(move_to_another_thread(&expect_clean_thread));
    EXPECT_STREQ(outer.what(), "marked 1");
  }
  EXPECT_EQ(std::current_exception(), nullptr);
  sluice::test::figure("caught on OS thread %d, gone on with on %d: the same object", before,
                       thread_id());
}

SLUICE_TEST(ExceptionMigration, NestedExceptionsAreIntact) {
  try {
    throw Marked(1);
  } catch (const Marked& outer) {
    ASSERT_TRUE(move_to_another_thread());
    try {
      throw Marked(2);
    } catch (const Marked& middle) {
      ASSERT_TRUE(move_to_another_thread());
      try {
        throw std::string("inner");
      } catch (const std::string& inner) {
        ASSERT_TRUE(move_to_another_thread(&expect_clean_thread));
        EXPECT_EQ(inner, "inner");
      }
      EXPECT_EQ(middle.number, 2);
      try {
        throw;
      } catch (const Marked& again) {
        EXPECT_EQ(&again, &middle);
      }
    }
    EXPECT_EQ(outer.number, 1);
    try {
      throw;
    } catch (const Marked& again) {
      EXPECT_EQ(&again, &outer);
    }
  }
  EXPECT_EQ(std::current_exception(), nullptr);
}

// Changes threads in its destructor, while the exception is on its way past it.
struct MovesWhileUnwinding {
  int* moved;
  ~MovesWhileUnwinding() {
    EXPECT_EQ(std::uncaught_exceptions(), 1);
    const pid_t before = thread_id();
    if (move_to_another_thread(&expect_clean_thread) && thread_id() != before) ++*moved;
    EXPECT_EQ(std::uncaught_exceptions(), 1);
    try {
      throw Marked(99);
    } catch (const Marked& inside) {
      EXPECT_EQ(inside.number, 99);
    }
    EXPECT_EQ(std::uncaught_exceptions(), 1);
  }
};

[[gnu::noinline]] void throw_past(int levels, int* moved) {
  if (levels == 0) throw Marked(7);
  MovesWhileUnwinding moves{moved};
  throw_past(levels - 1, moved);
}

SLUICE_TEST(ExceptionMigration, ExceptionOnItsWayIsIntact) {
  int moved = 0;
  try {
    throw_past(3, &moved);
  } catch (const Marked& caught) {
    EXPECT_EQ(caught.number, 7);
    EXPECT_EQ(std::uncaught_exceptions(), 0);
  }
  EXPECT_EQ(moved, 3);
}

// Within one function the compiler takes the address of errno for a constant, so each access is in
// one of its own.
[[gnu::noinline]] void set_errno(int value) {
  errno = value;
  asm volatile("" ::: "memory");
}
[[gnu::noinline]] int get_errno() {
  asm volatile("" ::: "memory");
  return errno;
}

SLUICE_TEST(ExceptionMigration, ErrnoTravels) {
  set_errno(EDOM);
  ASSERT_TRUE(move_to_another_thread([] {
    EXPECT_EQ(get_errno(), 0);
    set_errno(EIO);
  }));
  EXPECT_EQ(get_errno(), EDOM);
}

// Many goroutines, each with an exception in hand, all of them moving about.
SLUICE_TEST_ON(ExceptionMigration, ManyAtOnce, 2, 4) {
  sluice::WaitGroup wg;
  for (int id = 0; id < 8; ++id) {
    wg.go([id] {
      for (int i = 0; i < 3; ++i) {
        try {
          throw Marked(id);
        } catch (const Marked& caught) {
          EXPECT_TRUE(move_to_another_thread());
          EXPECT_EQ(caught.number, id);
        }
      }
    });
  }
  wg.wait();
}

}  // namespace
