// The context switch by itself: what it saves, what it passes, and that a stack can be walked
// through it.
#include <gtest/gtest.h>

#include <cfenv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "base/sanitizers.hpp"
#include "fiber/switch.hpp"
#include "support/sanitizers.hpp"

namespace sluice::fiber {
namespace {

// Runs entry on memory of its own and goes back and forth between it and the test. AddressSanitizer
// is not told of these switches, so nothing in here throws.
struct Machine {
  explicit Machine(Entry entry) : memory(new std::byte[kSize]) {
    auto top = reinterpret_cast<std::uintptr_t>(memory.get() + kSize) & ~std::uintptr_t{15};
    other = prepare(reinterpret_cast<void*>(top), entry, this);
#if SLUICE_TSAN
    tsan_test = __tsan_get_current_fiber();
    tsan_other = __tsan_create_fiber(0);
#endif
  }
  ~Machine() {
#if SLUICE_TSAN
    __tsan_destroy_fiber(tsan_other);
#endif
  }
  void* enter(void* value) {
#if SLUICE_TSAN
    __tsan_switch_to_fiber(tsan_other, 0);
#endif
    return sluice_switch(&test, other, value);
  }
  void* leave(void* value) {
#if SLUICE_TSAN
    __tsan_switch_to_fiber(tsan_test, 0);
#endif
    return sluice_switch(&other, test, value);
  }

  static constexpr std::size_t kSize = 256 * 1024;
  std::unique_ptr<std::byte[]> memory;
  void* test = nullptr;
  void* other = nullptr;
#if SLUICE_TSAN
  void* tsan_test = nullptr;
  void* tsan_other = nullptr;
#endif
};

void* as_pointer(std::uintptr_t number) { return reinterpret_cast<void*>(number); }
std::uintptr_t as_number(void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// Answers each number with the next one.
void echo(void* argument, void* value) {
  auto* machine = static_cast<Machine*>(argument);
  for (;;) value = machine->leave(as_pointer(as_number(value) + 1));
}

TEST(Switch, PassesValuesBothWays) {
  Machine machine(&echo);
  for (std::uintptr_t i = 0; i < 99; ++i)
    ASSERT_EQ(machine.enter(as_pointer(i)), as_pointer(i + 1));
}

TEST(Switch, ManyContextsKeepTheirPlaces) {
  struct Counter {
    static void count(void* argument, void* value) {
      auto* machine = static_cast<Machine*>(argument);
      for (std::uintptr_t n = as_number(value);; ++n) machine->leave(as_pointer(n));
    }
  };
  std::vector<std::unique_ptr<Machine>> machines;
  for (int i = 0; i < 20; ++i) machines.push_back(std::make_unique<Machine>(&Counter::count));
  for (std::uintptr_t round = 0; round < 10; ++round) {
    for (std::uintptr_t i = 0; i < machines.size(); ++i) {
      ASSERT_EQ(machines[i]->enter(as_pointer(i * 1000)), as_pointer(i * 1000 + round));
    }
  }
}

// Enough live values to fill every callee-saved register, on both sides.
[[gnu::noinline]] std::uint64_t mix(Machine& machine, std::uint64_t seed, bool inside) {
  std::uint64_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11, f = seed * 13,
                g = seed * 17;
  double x = static_cast<double>(seed) / 3, y = static_cast<double>(seed) / 7;
  for (int i = 0; i < 100; ++i) {
    inside ? machine.leave(nullptr) : machine.enter(nullptr);
    a += b ^ c;
    b += c ^ d;
    c += d ^ e;
    d += e ^ f;
    e += f ^ g;
    f += g ^ a;
    g += a ^ b;
    x = x * 1.0001 + y;
    y = y * 0.9999 + 1;
  }
  return a ^ b ^ c ^ d ^ e ^ f ^ g ^ static_cast<std::uint64_t>(x) ^ static_cast<std::uint64_t>(y);
}

std::uint64_t g_inside_result;

TEST(Switch, KeepsRegisters) {
  struct Mixer {
    static void run(void* argument, void*) {
      auto* machine = static_cast<Machine*>(argument);
      g_inside_result = mix(*machine, 2, true);
      for (;;) machine->leave(nullptr);
    }
  };
  Machine mixing(&Mixer::run);
  Machine idle(&echo);
  const std::uint64_t expected_one = mix(idle, 1, false);
  const std::uint64_t expected_two = mix(idle, 2, false);
  EXPECT_EQ(mix(mixing, 1, false), expected_one);
  mixing.enter(nullptr);
  EXPECT_EQ(g_inside_result, expected_two);
}

// The rounding mode belongs to the context, as callee-saved control words do.
TEST(Switch, KeepsTheRoundingMode) {
  struct Upward {
    static void run(void* argument, void*) {
      auto* machine = static_cast<Machine*>(argument);
      std::fesetround(FE_UPWARD);
      for (;;)
        machine->leave(reinterpret_cast<void*>(static_cast<std::intptr_t>(std::fegetround())));
    }
  };
  Machine machine(&Upward::run);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(machine.enter(nullptr),
              reinterpret_cast<void*>(static_cast<std::intptr_t>(FE_UPWARD)));
    EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  }
}

struct Walk {
  std::vector<const void*> functions;
  static _Unwind_Reason_Code visit(_Unwind_Context* context, void* walk) {
    static_cast<Walk*>(walk)->functions.push_back(
        _Unwind_FindEnclosingFunction(reinterpret_cast<void*>(_Unwind_GetIP(context) - 1)));
    return _URC_NO_REASON;
  }
};

[[gnu::noinline]] void inner(Machine* machine) {
  machine->leave(nullptr);
  asm volatile("");  // not the last thing, so that the call is no jump
}
[[gnu::noinline]] void outer(void* argument, void*) {
  inner(static_cast<Machine*>(argument));
  std::abort();
}

bool contains(const std::vector<const void*>& functions, const void* wanted) {
  for (const void* function : functions) {
    if (function == wanted) return true;
  }
  return false;
}

TEST(Switch, SuspendedContextCanBeWalkedToItsRoot) {
  Machine machine(&outer);
  machine.enter(nullptr);
  Walk walk;
  sluice_backtrace_fiber(machine.other, &Walk::visit, &walk);
  EXPECT_TRUE(contains(walk.functions, reinterpret_cast<const void*>(&inner)));
  EXPECT_TRUE(contains(walk.functions, reinterpret_cast<const void*>(&outer)));
  EXPECT_LT(walk.functions.size(), 10u) << "the walk went beyond the root";
}

TEST(Switch, RunningContextCanBeWalkedToItsRoot) {
  struct Walker {
    static void run(void* argument, void* value) {
      _Unwind_Backtrace(&Walk::visit, value);
      for (;;) static_cast<Machine*>(argument)->leave(nullptr);
    }
  };
  Machine machine(&Walker::run);
  Walk walk;
  walk.functions.reserve(100);
  machine.enter(&walk);
  EXPECT_TRUE(contains(walk.functions, reinterpret_cast<const void*>(&Walker::run)));
  EXPECT_TRUE(contains(walk.functions, reinterpret_cast<const void*>(&sluice_fiber_entry)));
  EXPECT_LT(walk.functions.size(), 10u) << "the walk went beyond the root";
}

}  // namespace
}  // namespace sluice::fiber
