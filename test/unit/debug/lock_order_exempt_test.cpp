// Orders for which the user has vouched.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

void invert(Program& program, Object& a, Object& b) {
  Goroutine& first = program.go(program.main());
  Goroutine& second = program.go(program.main());
  program.nest(first, {&a, &b});
  program.nest(second, {&b, &a});
}

TEST(OrderExempt, keeps_quiet_about_these_two_locks) {
  Program program;
  Object a(ObjectKind::mutex), b(ObjectKind::mutex);
  program.order_exempt(b, a);
  invert(program, a, b);
  EXPECT_SILENT(program);
}

TEST(OrderExempt, says_nothing_of_other_locks) {
  Program program;
  Object a(ObjectKind::mutex), b(ObjectKind::mutex), c(ObjectKind::mutex);
  program.order_exempt(a, b);
  invert(program, a, c);
  EXPECT_TOLD(program, "SL101");
}

TEST(OrderExempt, does_not_cover_longer_cycles) {
  Program program;
  Object a(ObjectKind::mutex), b(ObjectKind::mutex), c(ObjectKind::mutex);
  program.order_exempt(a, b);
  program.nest(program.go(program.main()), {&a, &b});
  program.nest(program.go(program.main()), {&b, &c});
  program.nest(program.go(program.main()), {&c, &a});
  EXPECT_TOLD(program, "SL101");
}

TEST(OrderExempt, ends_with_the_lock) {
  Program program;
  Object a(ObjectKind::mutex), b(ObjectKind::mutex);
  program.order_exempt(a, b);
  invert(program, a, b);
  program.destroy(program.main(), a);
  invert(program, a, b);  // another lock at the same address
  EXPECT_TOLD(program, "SL101");
}

}  // namespace
}  // namespace sluice::checked::test
