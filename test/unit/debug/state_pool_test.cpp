// States are given to one goroutine at a time, whichever threads they start and end on.
#include "debug/state_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "debug/actor_table.hpp"

namespace sluice::checked::test {
namespace {

class Source : public StateSource {
 public:
  void more_states(std::vector<ActorState*>& into) override {
    for (int i = 0; i < 8; ++i) into.push_back(&made_.emplace_back());
  }
  std::size_t made() const { return made_.size(); }

 private:
  std::list<ActorState> made_;
};

TEST(StatePool, GivesNoStateAndNoNumberTwice) {
  Source source;
  const auto pool = std::make_shared<StatePool>(source);
  std::set<ActorState*> states;
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) {
    const auto [state, uid] = pool->take();
    EXPECT_TRUE(states.insert(state).second);
    EXPECT_TRUE(numbers.insert(uid).second);
    EXPECT_NE(uid, 0u);
  }
  EXPECT_EQ(pool->taken(), 1000u);
  for (ActorState* state : states) pool->give_back(state);
  EXPECT_EQ(pool->taken(), 0u);
  EXPECT_TRUE(numbers.insert(pool->take().uid).second) << "also when the state is an old one";
}

TEST(StatePool, UsesStatesAgain) {
  Source source;
  const auto pool = std::make_shared<StatePool>(source);
  for (int i = 0; i < 10'000; ++i) pool->give_back(pool->take().state);
  EXPECT_LE(source.made(), 2 * SpareStates::kBatch);
}

// As goroutines do that are started by one worker and end on another.
TEST(StatePool, ThreadsThatEndLeaveNothingBehind) {
  Source source;
  const auto pool = std::make_shared<StatePool>(source);
  for (int i = 0; i < 200; ++i) {
    std::vector<ActorState*> states;
    std::thread([&] {
      for (int k = 0; k < 100; ++k) states.push_back(pool->take().state);
    }).join();
    EXPECT_EQ(pool->taken(), 100u);
    std::thread([&] {
      for (ActorState* state : states) pool->give_back(state);
    }).join();
    EXPECT_EQ(pool->taken(), 0u);
  }
  EXPECT_LE(source.made(), 300u);
}

TEST(StatePool, OneThatIsForgottenIsTakenNoMore) {
  Source source;
  const auto pool = std::make_shared<StatePool>(source);
  pool->take();
  pool->forget();
  EXPECT_EQ(pool->taken(), 0u);
}

// A thread may use one after the other, as one that runs several programs does.
TEST(StatePool, EachHasStatesOfItsOwn) {
  Source first_source, second_source;
  const auto first = std::make_shared<StatePool>(first_source);
  const auto second = std::make_shared<StatePool>(second_source);
  for (int i = 0; i < 100; ++i) {
    first->take();
    second->take();
  }
  EXPECT_EQ(first->taken(), 100u);
  EXPECT_EQ(second->taken(), 100u);
  EXPECT_GE(first_source.made(), 100u);
  EXPECT_GE(second_source.made(), 100u);
}

// Never fewer than there are: that would be taken for the last one having gone.
TEST(StatePool, NeverCountsTooFew) {
  Source source;
  const auto pool = std::make_shared<StatePool>(source);
  constexpr int kStay = 10;
  for (int i = 0; i < kStay; ++i) pool->take();
  std::atomic<bool> stop{false};
  std::mutex lock;
  std::vector<ActorState*> handed;
  std::thread starts([&] {
    while (!stop) {
      ActorState* state = pool->take().state;
      const std::lock_guard guard(lock);
      handed.push_back(state);
    }
  });
  std::thread ends([&] {
    while (!stop) {
      std::vector<ActorState*> mine;
      {
        const std::lock_guard guard(lock);
        mine.swap(handed);
      }
      for (ActorState* state : mine) pool->give_back(state);
    }
  });
  for (int i = 0; i < 20'000; ++i) EXPECT_GE(pool->taken(), std::size_t{kStay});
  stop = true;
  starts.join();
  ends.join();
}

}  // namespace
}  // namespace sluice::checked::test
