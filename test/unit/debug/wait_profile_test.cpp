// What is counted of waits, and what it stands for.
#include "debug/wait_profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::checked {
namespace {

const int kHere = 0, kThere = 0;
const void* const kStack[] = {&kHere, &kThere};
const void* const kOther[] = {&kThere};

TEST(WaitProfile, counts_nothing_unless_asked) {
  WaitProfile profile;
  EXPECT_FALSE(profile.counts());
  EXPECT_FALSE(profile.weigh(1'000'000'000));
  profile.count_from(10);
  EXPECT_TRUE(profile.counts());
  profile.count_from(0);
  EXPECT_FALSE(profile.counts());
  EXPECT_FALSE(profile.weigh(1'000'000'000));
}

TEST(WaitProfile, long_waits_are_each_counted_as_they_are) {
  WaitProfile profile;
  profile.count_from(1000);
  for (const std::int64_t wait : {1000, 5000, 1'000'000}) {
    const auto weight = profile.weigh(wait);
    ASSERT_TRUE(weight);
    EXPECT_EQ(weight->count, 1);
    EXPECT_EQ(weight->nanoseconds, static_cast<double>(wait));
  }
}

// Ten thousand times 100 ns of 1000: a tenth of them is counted, and stands for all.
TEST(WaitProfile, short_waits_stand_for_those_that_are_not_counted) {
  WaitProfile profile;
  profile.count_from(1000);
  int counted = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (const auto weight = profile.weigh(100)) {
      ++counted;
      profile.add(kStack, *weight);
    }
  }
  EXPECT_NEAR(counted, 1000, 100);
  const auto samples = profile.samples();
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_NEAR(static_cast<double>(samples[0].values[0]), 10'000, 1000);
  EXPECT_NEAR(static_cast<double>(samples[0].values[1]), 1'000'000, 100'000);
}

TEST(WaitProfile, one_in_so_many_stands_for_so_many) {
  WaitProfile profile;
  profile.count_one_in(1);
  EXPECT_EQ(profile.weigh(7)->count, 1);
  profile.count_one_in(4);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (const auto weight = profile.weigh(50)) {
      EXPECT_EQ(weight->count, 4);
      EXPECT_EQ(weight->nanoseconds, 200);
      sum += weight->count;
    }
  }
  EXPECT_NEAR(sum, 10'000, 1000);
}

TEST(WaitProfile, stacks_are_apart_and_the_longest_comes_first) {
  WaitProfile profile;
  profile.add(kOther, {1, 30});
  profile.add(kStack, {1, 20});
  profile.add(kStack, {2, 40});
  const auto samples = profile.samples();
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_THAT(samples[0].pcs, testing::ElementsAreArray(kStack));
  EXPECT_THAT(samples[0].values, testing::ElementsAre(3, 60));
  EXPECT_THAT(samples[1].pcs, testing::ElementsAreArray(kOther));
  EXPECT_THAT(samples[1].values, testing::ElementsAre(1, 30));
}

}  // namespace
}  // namespace sluice::checked
