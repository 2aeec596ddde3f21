// What the stack of a lock that is still held is taken to be, from the few callers that were noted
// when it was taken and a later stack.
#include "debug/stack_trace.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace sluice::checked::test {
namespace {

// Functions to be found at an address a few bytes into them. They differ, so that no linker folds
// them into one.
int g_calls = 0;
[[gnu::noinline]] void stop() { g_calls += 1; }
[[gnu::noinline]] void tear_down() { g_calls += 2; }
[[gnu::noinline]] void test_body() { g_calls += 3; }
[[gnu::noinline]] void runner() { g_calls += 4; }

Activation in(void (*function)(), int offset, std::uintptr_t sp) {
  return {reinterpret_cast<const char*>(reinterpret_cast<std::uintptr_t>(function)) + offset, sp};
}

Site site_of(const std::vector<Activation>& frames) {
  Site site;
  for (const Activation& frame : frames) site.at[site.size++] = frame;
  return site;
}

std::vector<const void*> pcs(const std::vector<Activation>& frames) { return pcs_of(frames); }

TEST(StackAt, shares_the_callers_of_a_function_still_at_work) {
  const Site site = site_of({in(stop, 4, 0x100)});
  const std::vector<Activation> now{in(stop, 6, 0x100), in(test_body, 5, 0x200),
                                    in(runner, 4, 0x300)};
  EXPECT_EQ(stack_at(site, now),
            pcs({in(stop, 4, 0x100), in(test_body, 5, 0x200), in(runner, 4, 0x300)}));
}

TEST(StackAt, does_not_take_a_later_call_of_the_same_function_for_the_one_that_locked) {
  // test_body called stop, which locked and returned; then it called tear_down, which is inlined
  // into it, and that stop again, at the same place on the stack.
  const Site site = site_of({in(stop, 4, 0x100), in(test_body, 4, 0x200), in(runner, 4, 0x300)});
  const std::vector<Activation> now{in(stop, 4, 0x100), in(test_body, 6, 0x200),
                                    in(runner, 4, 0x300), in(tear_down, 4, 0x400)};
  EXPECT_EQ(stack_at(site, now), pcs({in(stop, 4, 0x100), in(test_body, 4, 0x200),
                                      in(runner, 4, 0x300), in(tear_down, 4, 0x400)}));
}

TEST(StackAt, keeps_what_the_site_remembers_when_nothing_is_shared) {
  const Site site = site_of({in(stop, 4, 0x100), in(tear_down, 4, 0x200)});
  const std::vector<Activation> now{in(test_body, 4, 0x180), in(runner, 4, 0x300)};
  EXPECT_EQ(stack_at(site, now), pcs({in(stop, 4, 0x100), in(tear_down, 4, 0x200)}));
}

TEST(StackAt, does_not_take_another_function_at_the_same_place_for_the_one_that_locked) {
  const Site site = site_of({in(stop, 4, 0x100)});
  const std::vector<Activation> now{in(tear_down, 4, 0x100), in(runner, 4, 0x300)};
  EXPECT_EQ(stack_at(site, now), pcs({in(stop, 4, 0x100)}));
}

}  // namespace
}  // namespace sluice::checked::test
