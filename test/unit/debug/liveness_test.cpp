// The fixed point on made-up programs: who refers to what is a table, not memory.
#include "debug/liveness.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace sluice::checked::test {
namespace {

// A program of goroutines and objects. refers: what a goroutine's stack holds; holds: what an
// object in its turn refers to (a channel with a channel in it).
class World final : public Reach {
 public:
  std::uint32_t awake() { return add_goroutine({.awake = true}); }
  std::uint32_t never() { return add_goroutine({.never = true}); }
  std::uint32_t waits_for_all(std::vector<std::uint32_t> holders) {
    return add_goroutine({.all_of = keep(std::move(holders))});
  }
  std::uint32_t waits_for_any(std::vector<std::uint32_t> objects) {
    return add_goroutine({.any_of = keep(std::move(objects))});
  }
  std::uint32_t waits(std::vector<std::uint32_t> holders, std::vector<std::uint32_t> objects) {
    return add_goroutine({.all_of = keep(std::move(holders)), .any_of = keep(std::move(objects))});
  }
  std::uint32_t object() { return objects_++; }
  void refers(std::uint32_t goroutine, std::uint32_t object) {
    refers_[goroutine].push_back(object);
  }
  void holds(std::uint32_t object, std::uint32_t inner) { holds_[object].push_back(inner); }
  void global(std::uint32_t object) { pending_.push_back(object); }
  Sleeping& operator[](std::uint32_t i) { return goroutines_[i]; }
  void needs(std::uint32_t goroutine, std::vector<std::uint32_t> holders) {
    goroutines_[goroutine].all_of = keep(std::move(holders));
  }

  std::vector<bool> live() {
    Scratch scratch;
    const auto out = std::make_unique<bool[]>(goroutines_.size());
    EXPECT_TRUE(find_live(goroutines_, objects_, *this, scratch, {out.get(), goroutines_.size()}));
    return std::vector<bool>(out.get(), out.get() + goroutines_.size());
  }

  void add(std::uint32_t goroutine) override {
    for (const std::uint32_t object : refers_[goroutine]) pending_.push_back(object);
  }
  bool next(std::uint32_t& object) override {
    if (pending_.empty()) return false;
    object = pending_.front();
    pending_.pop_front();
    if (++given_[object] == 1) {
      for (const std::uint32_t inner : holds_[object]) pending_.push_back(inner);
    }
    return true;
  }

 private:
  std::uint32_t add_goroutine(const Sleeping& goroutine) {
    goroutines_.push_back(goroutine);
    return static_cast<std::uint32_t>(goroutines_.size()) - 1;
  }
  std::span<std::uint32_t> keep(std::vector<std::uint32_t> list) {
    lists_.push_back(std::move(list));
    return lists_.back();
  }

  std::vector<Sleeping> goroutines_;
  std::deque<std::vector<std::uint32_t>> lists_;
  std::uint32_t objects_ = 0;
  std::map<std::uint32_t, std::vector<std::uint32_t>> refers_, holds_;
  std::map<std::uint32_t, int> given_;
  std::deque<std::uint32_t> pending_;
};

TEST(Liveness, one_that_runs_is_live_and_one_that_waits_for_nothing_is_not) {
  World world;
  world.awake();
  world.never();
  EXPECT_EQ(world.live(), (std::vector{true, false}));
}

TEST(Liveness, a_lock_is_as_live_as_its_holder) {
  World world;
  const auto runs = world.awake();
  const auto stuck = world.never();
  world.waits_for_all({runs});
  world.waits_for_all({stuck});
  EXPECT_EQ(world.live(), (std::vector{true, false, true, false}));
}

TEST(Liveness, a_writer_needs_every_reader) {
  World world;
  const auto reader = world.awake();
  const auto stuck = world.never();
  world.waits_for_all({reader, reader});
  world.waits_for_all({reader, stuck});
  EXPECT_EQ(world.live(), (std::vector{true, false, true, false}));
}

TEST(Liveness, a_circle_of_locks_is_dead_and_a_chain_that_ends_is_not) {
  World world;
  const auto a = world.waits_for_all({1});
  const auto b = world.waits_for_all({a});
  world.waits_for_all({b});
  const auto runs = world.awake();
  const auto c = world.waits_for_all({runs});
  world.waits_for_all({c});
  EXPECT_EQ(world.live(), (std::vector{false, false, false, true, true, true}));
}

TEST(Liveness, a_channel_is_live_when_one_who_runs_refers_to_it) {
  World world;
  const auto reached = world.object(), lost = world.object(), global = world.object();
  const auto runs = world.awake();
  world.refers(runs, reached);
  const auto own = world.waits_for_any({lost});
  world.refers(own, lost);  // its own handle wakes nobody
  world.waits_for_any({reached});
  world.waits_for_any({global});
  world.global(global);
  EXPECT_EQ(world.live(), (std::vector{true, false, true, true}));
}

TEST(Liveness, a_select_needs_one_of_its_channels) {
  World world;
  const auto reached = world.object(), lost = world.object(), lost_too = world.object();
  const auto runs = world.awake();
  world.refers(runs, reached);
  world.waits_for_any({lost, reached});
  world.waits_for_any({lost, lost_too});
  EXPECT_EQ(world.live(), (std::vector{true, true, false}));
}

TEST(Liveness, an_object_twice_in_a_select_counts_once) {
  World world;
  const auto chan = world.object();
  const auto runs = world.awake();
  world.refers(runs, chan);
  const auto stuck = world.never();
  world.waits_for_any({chan, chan});
  world.waits({stuck}, {chan, chan});
  EXPECT_EQ(world.live(), (std::vector{true, false, true, false}));
}

TEST(Liveness, whoever_becomes_live_brings_what_it_refers_to) {
  World world;
  const auto first = world.object(), second = world.object(), third = world.object();
  world.refers(world.awake(), first);
  world.refers(world.waits_for_any({first}), second);
  world.refers(world.waits_for_any({second}), third);
  world.waits_for_any({third});
  EXPECT_EQ(world.live(), (std::vector{true, true, true, true}));
}

TEST(Liveness, what_a_reached_object_holds_is_reached) {
  World world;
  const auto outer = world.object(), inner = world.object();
  world.holds(outer, inner);
  world.refers(world.awake(), outer);
  world.waits_for_any({inner});
  EXPECT_EQ(world.live(), (std::vector{true, true}));
}

TEST(Liveness, two_that_only_know_each_other_are_dead) {
  World world;
  const auto there = world.object(), back = world.object();
  world.awake();
  const auto a = world.waits_for_any({there});
  const auto b = world.waits_for_any({back});
  for (const auto each : {a, b}) {
    world.refers(each, there);
    world.refers(each, back);
  }
  EXPECT_EQ(world.live(), (std::vector{true, false, false}));
}

TEST(Liveness, a_circle_through_a_lock_and_a_channel_is_dead) {
  World world;
  const auto acks = world.object();
  world.awake();
  const auto holder = world.waits_for_any({acks});
  const auto sender = world.waits_for_all({holder});
  world.refers(holder, acks);
  world.refers(sender, acks);
  EXPECT_EQ(world.live(), (std::vector{true, false, false}));
}

TEST(Liveness, a_wait_group_needs_its_finishers_and_somebody_who_reaches_it) {
  World world;
  const auto group = world.object(), lost = world.object();
  const auto runs = world.awake();
  const auto stuck = world.never();
  world.refers(runs, group);
  world.waits({runs}, {group});
  world.waits({runs, stuck}, {group});
  world.waits({}, {lost});
  EXPECT_EQ(world.live(), (std::vector{true, false, true, false, false}));
}

TEST(Liveness, no_object_saves_one_that_can_never_go_on) {
  World world;
  const auto chan = world.object();
  world.refers(world.awake(), chan);
  const auto nil = world.waits_for_any({chan});
  world[nil].never = true;
  EXPECT_EQ(world.live(), (std::vector{true, false}));
}

TEST(Liveness, a_hundred_thousand_in_a_line_take_no_time_at_all) {
  constexpr std::uint32_t kLength = 100'000;
  World world;
  std::uint32_t before = world.object();
  world.refers(world.awake(), before);
  for (std::uint32_t i = 0; i < kLength; ++i) {
    const auto next = world.object();
    world.refers(world.waits_for_any({before}), next);
    before = next;
  }
  EXPECT_EQ(world.live(), std::vector<bool>(kLength + 1, true));
}

TEST(Liveness, reach_all_leaves_what_is_dead_by_its_holders) {
  Scratch scratch;
  std::uint32_t holders[] = {1}, objects[] = {0};
  const Sleeping all[] = {{.all_of = holders}, {.never = true}, {.any_of = objects}};
  bool live[3];
  ReachAll reach(1);
  ASSERT_TRUE(find_live(all, 1, reach, scratch, live));
  EXPECT_FALSE(live[0]);
  EXPECT_FALSE(live[1]);
  EXPECT_TRUE(live[2]);
}

}  // namespace
}  // namespace sluice::checked::test
