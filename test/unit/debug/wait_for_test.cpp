// Circles of goroutines that wait for each other's locks, told when the last one parks.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

bool has(const Program& program, const std::string& code) {
  const auto codes = program.codes();
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

TEST(WaitFor, the_real_ab_ba_hang) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  program.name(a, "a");
  program.name(b, "b");
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, a);
  program.lock(g2, b);
  program.block(g1, b);
  EXPECT_SILENT(program);
  program.block(g2, a);
  EXPECT_TOLD(program, "SL201");
  EXPECT_EQ(program.only().certainty, "certain");
  EXPECT_NE(program.only().text.find("goroutine 3 waits for 'a', which goroutine 2 holds"),
            std::string::npos)
      << program.only().text;
  EXPECT_NE(program.only().text.find("goroutine 2 waits for 'b', which goroutine 3 holds"),
            std::string::npos);
}

TEST(WaitFor, a_ring_of_five) {
  Program program(Level::wait);
  std::list<Object> locks;
  std::vector<Object*> ring;
  std::vector<Goroutine*> who;
  for (int i = 0; i < 5; ++i) {
    ring.push_back(&locks.emplace_back(ObjectKind::mutex));
    who.push_back(&program.go(program.main()));
    program.lock(*who.back(), *ring.back());
  }
  for (std::size_t i = 0; i < 4; ++i) program.block(*who[i], *ring[i + 1]);
  EXPECT_SILENT(program);
  program.block(*who[4], *ring[0]);
  EXPECT_TOLD(program, "SL201");
}

TEST(WaitFor, waiting_for_a_holder_that_runs_is_silent) {
  Program program;
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, a);
  program.lock(g1, b);
  program.block(g2, a);
  program.unlock(g1, b);
  program.unlock(g1, a);
  program.unpark(g2);
  program.acquire(g2, a);
  program.unlock(g2, a);
  EXPECT_SILENT(program);
}

// A lock that its holder has just freed belongs to nobody, though the one that waits for it is
// still marked as waiting.
TEST(WaitFor, a_lock_that_changes_hands_closes_no_circle) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, a);
  program.lock(g2, b);
  program.block(g1, b);
  program.unlock(g2, b);
  program.block(g2, a);
  EXPECT_SILENT(program);
}

TEST(WaitFor, a_writer_and_a_reader_that_hold_each_other_up) {
  Program program(Level::wait);
  Object rw{ObjectKind::rw_mutex}, mu{ObjectKind::mutex};
  Goroutine& reader = program.go(program.main());
  Goroutine& writer = program.go(program.main());
  program.read(reader, rw);
  program.lock(writer, mu);
  program.block(writer, rw);
  EXPECT_SILENT(program);
  program.block(reader, mu);
  EXPECT_TOLD(program, "SL201");
}

TEST(WaitFor, a_reader_that_waits_for_a_writer_in_a_circle) {
  Program program(Level::wait);
  Object rw{ObjectKind::rw_mutex}, mu{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, rw);
  program.lock(g2, mu);
  program.block(g2, rw, AccessMode::shared);
  program.block(g1, mu);
  EXPECT_TOLD(program, "SL201");
}

TEST(WaitFor, through_a_once) {
  Program program(Level::wait);
  Object once{ObjectKind::once}, mu{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, once);
  program.lock(g2, mu);
  program.block(g1, mu);
  program.block(g2, once);
  EXPECT_TOLD(program, "SL201");
}

TEST(WaitFor, through_a_group_that_counts_for_certain) {
  Program program(Level::wait);
  Object wg{ObjectKind::wait_group}, mu{ObjectKind::mutex};
  program.name(wg, "workers");
  Goroutine& worker = program.group_go(program.main(), wg);
  program.lock(program.main(), mu);
  program.block(worker, mu);
  EXPECT_SILENT(program);
  program.wait_parked(program.main(), wg);
  EXPECT_TOLD(program, "SL201");
  EXPECT_NE(program.only().text.find("waits for 'workers', to which goroutine 2 owes a done"),
            std::string::npos)
      << program.only().text;
}

TEST(WaitFor, through_a_group_when_the_lock_comes_last) {
  Program program(Level::wait);
  Object wg{ObjectKind::wait_group}, mu{ObjectKind::mutex};
  Goroutine& worker = program.group_go(program.main(), wg);
  program.lock(program.main(), mu);
  program.wait_parked(program.main(), wg);
  EXPECT_SILENT(program);
  program.block(worker, mu);
  EXPECT_TOLD(program, "SL201");
}

TEST(WaitFor, through_a_group_that_others_may_settle_is_not_certain) {
  Program program(Level::wait);
  Object wg{ObjectKind::wait_group}, mu{ObjectKind::mutex};
  program.add(program.main(), wg);
  Goroutine& worker = program.go(program.main());
  program.lock(program.main(), mu);
  program.block(worker, mu);
  program.wait_parked(program.main(), wg);
  EXPECT_SILENT(program);
}

TEST(WaitFor, a_group_whose_other_goroutine_runs_closes_no_circle) {
  Program program(Level::wait);
  Object wg{ObjectKind::wait_group}, mu{ObjectKind::mutex};
  Goroutine& worker = program.group_go(program.main(), wg);
  program.lock(worker, mu);
  program.wait_parked(program.main(), wg);
  program.unlock(worker, mu);
  program.done(worker, wg);
  program.end(worker);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

TEST(WaitFor, two_groups_that_count_each_other) {
  Program program(Level::wait);
  Object one{ObjectKind::wait_group}, two{ObjectKind::wait_group};
  Goroutine& g1 = program.group_go(program.main(), one);
  Goroutine& g2 = program.group_go(program.main(), two);
  program.wait_parked(g1, two);
  EXPECT_SILENT(program);
  program.wait_parked(g2, one);
  EXPECT_TOLD(program, "SL201");
}

TEST(WaitFor, a_circle_over_a_channel_is_not_certain) {
  Program program(Level::wait);
  Object mu{ObjectKind::mutex}, ch{ObjectKind::channel};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, mu);
  program.park(g1, WaitReason::chan_receive, {ch.ref(AccessMode::receive)});
  program.block(g2, mu);
  EXPECT_SILENT(program);
}

TEST(WaitFor, the_inversion_is_told_before_the_hang) {
  Program program;
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, a);
  program.lock(g2, b);
  program.block(g1, b);
  program.block(g2, a);
  EXPECT_TOLD(program, "SL101", "SL201");
}

TEST(WaitFor, a_circle_that_opens_again_is_withdrawn) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  Goroutine& other = program.go(program.main());
  program.lock(g1, a);
  program.lock(g2, b);
  program.block(g1, b);
  program.block(g2, a);
  EXPECT_TRUE(has(program, "SL201"));
  program.unlock(other, b);
  program.unpark(g1);
  EXPECT_TRUE(has(program, "SL999"));
}

TEST(WaitFor, check_leaks_counts_those_in_a_circle) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  EXPECT_EQ(program.hub().check_leaks(), 0u);
  program.lock(g1, a);
  program.lock(g2, b);
  program.block(g1, b);
  EXPECT_EQ(program.hub().check_leaks(), 0u);
  program.block(g2, a);
  EXPECT_EQ(program.hub().check_leaks(), 2u);
  EXPECT_TOLD(program, "SL201", "SL202");
}

}  // namespace
}  // namespace sluice::checked::test
