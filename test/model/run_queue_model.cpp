// The run queue of a worker, shrunk to four places: an owner that pushes and pops, and thieves.
#include "sched/run_queue.hpp"

#include <array>

#include "model/verify.hpp"

namespace sluice::model {
namespace {

using detail::Goroutine;
using detail::RunQueue;

struct Taken {
  std::array<Goroutine, 7> goroutines;
  std::array<int, 7> times{};

  void count(const Goroutine* goroutine) {
    const std::ptrdiff_t index = goroutine - goroutines.data();
    check(index >= 0 && index < 7, "a slot was taken before it was filled");
    check(++times[static_cast<std::size_t>(index)] == 1, "taken twice");
  }
};

void steal(RunQueue& queue, Taken& taken) {
  Goroutine* batch[RunQueue::kCapacity / 2];
  const std::uint32_t count = queue.steal(batch);
  for (std::uint32_t i = 0; i < count; ++i) taken.count(batch[i]);
}

TEST(RunQueueModel, EachIsTakenOnce) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    RunQueue queue;
    Taken taken;
    for (int thief = 0; thief < 2; ++thief) spawn([&] { steal(queue, taken); });
    for (int i = 0; i < 3; ++i) check(queue.push(&taken.goroutines[i]), "full too early");
    if (const Goroutine* popped = queue.pop()) taken.count(popped);
    join_all();
    while (const Goroutine* popped = queue.pop()) taken.count(popped);
    for (int i = 0; i < 3; ++i) check(taken.times[i] == 1, "lost");
  });
}

// The ring goes round: what a thief has read must not be overwritten before it has it.
TEST(RunQueueModel, AFullRingIsNotOverrun) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    RunQueue queue;
    Taken taken;
    for (int i = 0; i < 4; ++i) check(queue.push(&taken.goroutines[i]), "full too early");
    for (int thief = 0; thief < 2; ++thief) spawn([&] { steal(queue, taken); });
    int pushed = 4;
    for (int i = 0; i < 3; ++i) pushed += queue.push(&taken.goroutines[pushed]) ? 1 : 0;
    join_all();
    while (const Goroutine* popped = queue.pop()) taken.count(popped);
    for (int i = 0; i < pushed; ++i) check(taken.times[i] == 1, "lost");
  });
}

}  // namespace
}  // namespace sluice::model
