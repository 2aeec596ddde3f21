// C++ exceptions and errno belong to the goroutine, however it is parked, interleaved and moved
// between threads.
#include <gtest/gtest.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>

#include "base/sanitizers.hpp"
#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

constexpr int kGoroutines = 20;

struct Numbered : std::runtime_error {
  explicit Numbered(int n) : std::runtime_error("number " + std::to_string(n)), number(n) {}
  int number;
};

SLUICE_TEST(ExceptionState, ParkedInsideACatch) {
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([id] {
      for (int i = 0; i < test::rounds(50); ++i) {
        const Numbered* caught = nullptr;
        try {
          try {
            throw Numbered(id);
          } catch (const Numbered& error) {
            caught = &error;
            yield();
            EXPECT_EQ(error.number, id);
            ASSERT_NE(std::current_exception(), nullptr);
            yield();
            throw;
          }
        } catch (const std::exception& again) {
          EXPECT_EQ(&again, caught) << "throw; threw another object";
          EXPECT_EQ(typeid(again), typeid(Numbered));
          EXPECT_EQ(again.what(), "number " + std::to_string(id));
          yield();
        }
        EXPECT_EQ(std::current_exception(), nullptr);
      }
    });
  }
  wg.wait();
}

SLUICE_TEST(ExceptionState, NestedCatches) {
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([id] {
      try {
        throw Numbered(id);
      } catch (const Numbered& outer) {
        yield();
        try {
          throw Numbered(1000 + id);
        } catch (const Numbered& inner) {
          yield();
          EXPECT_EQ(inner.number, 1000 + id);
        }
        yield();
        EXPECT_EQ(outer.number, id);
        try {
          throw;
        } catch (const Numbered& again) {
          EXPECT_EQ(&again, &outer);
        }
      }
    });
  }
  wg.wait();
}

// Parks in its destructor, which runs while an exception is on its way.
struct ParksWhileUnwinding {
  int* seen;
  ~ParksWhileUnwinding() {
    const int before = std::uncaught_exceptions();
    yield();
    *seen = std::uncaught_exceptions();
    EXPECT_EQ(before, *seen);
  }
};

SLUICE_TEST(ExceptionState, ParkedWhileUnwinding) {
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([id] {
      for (int i = 0; i < test::rounds(50); ++i) {
        int seen = -1;
        try {
          ParksWhileUnwinding parks{&seen};
          if (id % 2 == 0) throw Numbered(id);
        } catch (const Numbered& error) {
          EXPECT_EQ(error.number, id);
        }
        EXPECT_EQ(seen, id % 2 == 0 ? 1 : 0) << "uncaught_exceptions is another goroutine's";
        EXPECT_EQ(std::uncaught_exceptions(), 0);
      }
    });
  }
  wg.wait();
}

SLUICE_TEST(ExceptionState, ThrownFromANestedCallWhileOthersAreInCatches) {
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([id] {
      const auto ch = make_chan<int>();
      go([=] {
        try {
          throw id;
        } catch (int number) {
          ch.send(number);
        }
      });
      EXPECT_EQ(ch.recv(), id);
      ch.close();
      EXPECT_THROW(ch.send(1), Panic);
    });
  }
  wg.wait();
}

// An exception_ptr goes through a channel and is thrown again elsewhere. The sender keeps its own
// until the receiver has dropped this one: the count of references is in the C++ library, where no
// race detector sees it.
SLUICE_TEST(ExceptionState, ExceptionPtrTravelsThroughAChannel) {
  const auto errors = make_chan<std::exception_ptr>();
  const auto dropped = make_chan();
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([=] {
      try {
        throw Numbered(id);
      } catch (...) {
        errors.send(std::current_exception());
        dropped.recv();
      }
    });
  }
  int sum = 0;
  for (int i = 0; i < kGoroutines; ++i) {
    std::exception_ptr error = errors.recv().value();
    try {
      std::rethrow_exception(std::move(error));
    } catch (const Numbered& numbered) {
      sum += numbered.number;
    }
  }
  dropped.close();
  wg.wait();
  EXPECT_EQ(sum, kGoroutines * (kGoroutines - 1) / 2);
}

// The address of errno is a constant to the compiler, within one function; a thread's own after
// each call of these.
[[gnu::noinline]] SLUICE_THREAD_CONFINED void set_errno(int value) {
  errno = value;
  asm volatile("" ::: "memory");
}
[[gnu::noinline]] SLUICE_THREAD_CONFINED int get_errno() {
  asm volatile("" ::: "memory");
  return errno;
}

SLUICE_TEST(ExceptionState, ErrnoIsTheGoroutinesOwn) {
  WaitGroup wg;
  for (int id = 1; id <= kGoroutines; ++id) {
    wg.go([id] {
      for (int i = 0; i < test::rounds(200); ++i) {
        set_errno(id);
        yield();
        ASSERT_EQ(get_errno(), id);
      }
    });
  }
  wg.wait();
}

SLUICE_TEST(ExceptionState, FreshGoroutineStartsClean) {
  try {
    throw 1;
  } catch (int) {
    set_errno(EIO);
    WaitGroup wg;
    wg.go([] {
      EXPECT_EQ(std::current_exception(), nullptr);
      EXPECT_EQ(std::uncaught_exceptions(), 0);
      EXPECT_EQ(get_errno(), 0);
    });
    wg.wait();
    EXPECT_NE(std::current_exception(), nullptr);
  }
}

}  // namespace
}  // namespace sluice
