// Ranks: a lock may be taken only under locks of a lower rank.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

struct Ranked {
  Object low{ObjectKind::mutex}, high{ObjectKind::mutex}, none{ObjectKind::mutex};
};

TEST(LockRank, upwards_is_silent) {
  Program program;
  Ranked l;
  program.rank(l.low, 1);
  program.rank(l.high, 3);
  program.nest(program.main(), {&l.none, &l.low, &l.high});
  program.nest(program.main(), {&l.low, &l.high, &l.none});
  EXPECT_SILENT(program);
}

TEST(LockRank, downwards_is_told_at_once) {
  Program program;
  Ranked l;
  program.name(l.low, "low");
  program.name(l.high, "high");
  program.rank(l.low, 1);
  program.rank(l.high, 3);
  program.nest(program.main(), {&l.high, &l.low});
  EXPECT_TOLD(program, "SL104");
  EXPECT_EQ(program.only().certainty, "certain");
  EXPECT_EQ(program.only().title,
            "goroutine 1 (main) locks 'low' of rank 1 while it holds 'high' of rank 3");
}

TEST(LockRank, an_equal_rank_is_a_breach) {
  Program program;
  Ranked l;
  program.rank(l.low, 2);
  program.rank(l.high, 2);
  program.nest(program.main(), {&l.low, &l.high});
  EXPECT_TOLD(program, "SL104");
}

TEST(LockRank, given_when_the_lock_is_known_already) {
  Program program;
  Ranked l;
  program.nest(program.main(), {&l.high});
  program.nest(program.main(), {&l.low});
  program.rank(l.low, 1);
  program.rank(l.high, 3);
  program.nest(program.main(), {&l.high, &l.low});
  EXPECT_TOLD(program, "SL104");
}

TEST(LockRank, forgotten_with_the_lock) {
  Program program;
  Ranked l;
  program.rank(l.low, 1);
  program.rank(l.high, 3);
  program.nest(program.main(), {&l.low});
  program.destroy(program.main(), l.low);
  program.nest(program.main(), {&l.high, &l.low});
  EXPECT_SILENT(program);
}

TEST(LockRank, a_try_waits_for_nobody) {
  Program program;
  Ranked l;
  program.rank(l.low, 1);
  program.rank(l.high, 3);
  program.lock(program.main(), l.high);
  program.try_lock(program.main(), l.low);
  EXPECT_SILENT(program);
}

}  // namespace
}  // namespace sluice::checked::test
