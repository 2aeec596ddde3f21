// Addresses of this very program, looked up in its own debug information.
#include "debug/symbolize.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/sanitizers.hpp"

struct Guarded {
  long before;
  std::array<long, 3> rows;
};
Guarded symbolize_test_global;
static int symbolize_test_static;
// Zero-initialised, and so large that it is not on a page that comes from the file.
static char symbolize_test_zeros[1 << 16];

namespace {

using sluice::checked::Frame;
using sluice::checked::symbolize;
using sluice::checked::Variable;

struct Place {
  const void* pc;
  int line;
};

[[gnu::noinline]] const void* return_address() { return __builtin_return_address(0); }
// After a call: so it is not made by a jump.
void stay() { asm volatile("" ::: "memory"); }

[[gnu::noinline]] Place out_of_line() {
  const Place place{return_address(), __LINE__};
  stay();
  return place;
}

[[gnu::always_inline]] inline Place inlined(int& depth) {
  ++depth;
  const Place place{return_address(), __LINE__};
  stay();
  return place;
}

[[gnu::noinline]] Place caller_of_inlined(int& line) {
  int depth = 0;
  line = __LINE__ + 1;
  const Place place = inlined(depth);
  return place;
}

TEST(Symbolize, names_function_file_and_line_of_a_call) {
  const Place place = out_of_line();
  const std::vector<Frame> frames = symbolize(place.pc);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].function, "out_of_line");
  EXPECT_TRUE(frames[0].file.ends_with("symbolize_test.cpp")) << frames[0].file;
  EXPECT_EQ(frames[0].line, place.line);
  EXPECT_GT(frames[0].column, 0);
  EXPECT_GT(frames[0].offset, 0u);
  EXPECT_FALSE(frames[0].inlined);
}

TEST(Symbolize, unfolds_inlined_calls) {
  int line = 0;
  const Place place = caller_of_inlined(line);
  const std::vector<Frame> frames = symbolize(place.pc);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].function, "inlined");
  EXPECT_EQ(frames[0].line, place.line);
  EXPECT_TRUE(frames[0].inlined);
  EXPECT_EQ(frames[1].function, "caller_of_inlined");
  EXPECT_EQ(frames[1].line, line);
  EXPECT_FALSE(frames[1].inlined);
}

TEST(Symbolize, names_a_lambda_after_its_function) {
  const auto lambda = [](Place & into) __attribute__((noinline)) { into = out_of_line(); };
  Place place{};
  lambda(place);
  const auto in_lambda = [](const void*& into) __attribute__((noinline)) {
    into = return_address();
  };
  const void* pc = nullptr;
  in_lambda(pc);
  const std::vector<Frame> frames = symbolize(pc);
  EXPECT_TRUE(frames.back().function.ends_with("{lambda}")) << frames.back().function;
}

TEST(Symbolize, gives_something_for_an_address_of_nothing) {
  const std::vector<Frame> frames = symbolize(reinterpret_cast<const void*>(16));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].function, "");
}

TEST(Symbolize, looks_into_shared_libraries) {
  const std::vector<Frame> frames =
      symbolize(reinterpret_cast<const char*>(&::strtol) + 1, sluice::checked::PcKind::exact);
  EXPECT_FALSE(frames.back().module.empty());
}

TEST(SymbolizeGlobal, follows_members_and_elements) {
  const Variable whole = sluice::checked::symbolize_global(&symbolize_test_global);
  EXPECT_TRUE(whole.name.starts_with("symbolize_test_global")) << whole.name;
  EXPECT_TRUE(whole.file.ends_with("symbolize_test.cpp"));
  EXPECT_GT(whole.line, 0);
  const Variable member = sluice::checked::symbolize_global(&symbolize_test_global.rows[2]);
  EXPECT_EQ(member.name, "symbolize_test_global.rows[2]");
  symbolize_test_static = 1;
  EXPECT_EQ(sluice::checked::symbolize_global(&symbolize_test_static).name,
            "symbolize_test_static");
  symbolize_test_zeros[40'000] = 1;
  EXPECT_EQ(sluice::checked::symbolize_global(&symbolize_test_zeros[40'000]).name,
            "symbolize_test_zeros[40000]");
  static int inside;
  EXPECT_TRUE(sluice::checked::symbolize_global(&inside).name.ends_with("inside"));
}

TEST(SymbolizeGlobal, knows_no_name_for_the_heap_and_the_stack) {
  int on_stack = 0;
  const auto on_heap = std::make_unique<int>(0);
  EXPECT_EQ(sluice::checked::symbolize_global(&on_stack).name, "");
  EXPECT_EQ(sluice::checked::symbolize_global(on_heap.get()).name, "");
}

}  // namespace

// Only locals of the runtime's types are named: here is one that looks like it.
namespace symbolize_test {
struct Mutex {
  int word;
};
struct Account {
  long balance;
  Mutex mu;
};
[[gnu::noinline]] void touch(void* object, Variable& into, const void* pc, std::uintptr_t cfa) {
  into = sluice::checked::symbolize_local(pc, cfa, object);
}
[[gnu::noinline]] void fill(Account& account) { account = {2, {3}}; }
[[gnu::noinline]] void with_locals(Variable& plain, Variable& member, Variable& number) {
  Mutex guard{1};
  Account account;  // filled elsewhere, or clang would not keep it in one place
  int count = 4;
  fill(account);
  const auto cfa = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) + 16;
  const void* pc = return_address();
  touch(&guard, plain, pc, cfa);
  touch(&account.mu, member, pc, cfa);
  touch(&count, number, pc, cfa);
}
// Asks for the place that it is called from.
[[gnu::noinline]] void touch_here(void* object, Variable& into, std::uintptr_t cfa) {
  into = sluice::checked::symbolize_local(__builtin_return_address(0), cfa, object);
}
[[gnu::noinline]] void with_blocks(Variable& first, Variable& second) {
  const auto cfa = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) + 16;
  {
    Account early;
    fill(early);
    touch_here(&early.mu, first, cfa);
  }
  {
    Account late;
    fill(late);
    touch_here(&late.mu, second, cfa);
  }
}
#if !SLUICE_ASAN  // there, locals are moved to where the debug information does not follow
TEST(SymbolizeLocal, names_objects_of_the_runtime_that_live_in_a_frame) {
  Variable plain, member, number;
  with_locals(plain, member, number);
  EXPECT_EQ(plain.name, "guard");
  EXPECT_GT(plain.line, 0);
  EXPECT_EQ(member.name, "account.mu");
  EXPECT_EQ(number.name, "");
}
TEST(SymbolizeLocal, names_the_one_in_scope_of_those_that_share_a_place) {
  Variable first, second;
  with_blocks(first, second);
  EXPECT_EQ(first.name, "early.mu");
  EXPECT_EQ(second.name, "late.mu");
}
#endif
}  // namespace symbolize_test
