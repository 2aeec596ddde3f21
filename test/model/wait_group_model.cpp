// The wait group: nobody leaves early, everybody leaves, and whoever leaves may destroy it.
#include "sluice/wait_group.hpp"

#include "model/verify.hpp"

namespace sluice::model {
namespace {

TEST(WaitGroupModel, WaitReturnsAfterAllAreDoneAndMayDestroyIt) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    Mortal<WaitGroup> group;
    Guarded first;
    Guarded second;
    group->add(2);
    spawn([&] {
      first.write(1);
      group->done();
    });
    spawn([&] {
      second.write(1);
      group->done();
    });
    group->wait();
    check(first.read() == 1 && second.read() == 1, "wait returned too early");
    group.end();
    join_all();
  });
}

TEST(WaitGroupModel, AllWaitersLeave) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    WaitGroup group;
    Guarded work;
    group.add(1);
    for (int i = 0; i < 2; ++i) {
      spawn([&] {
        group.wait();
        check(work.read() == 1, "wait returned too early");
      });
    }
    work.write(1);
    group.done();
    join_all();
  });
}

TEST(WaitGroupModel, CanBeUsedAgainAfterWait) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    WaitGroup group;
    for (int round = 0; round < 2; ++round) {
      Guarded work;
      group.add(1);
      spawn([&] {
        work.write(1);
        group.done();
      });
      group.wait();
      check(work.read() == 1, "wait returned too early");
      join_all();
    }
  });
}

}  // namespace
}  // namespace sluice::model
