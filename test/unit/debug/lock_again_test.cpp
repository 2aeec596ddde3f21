// A lock taken again by its holder: certain, left to others to tell, or told and withdrawn.
#include <fstream>
#include <functional>
#include <list>

#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

TEST(LockAgain, lock_again_under_itself_is_certain) {
  Program program;
  Object mu{ObjectKind::mutex};
  program.name(mu, "mu");
  program.lock(program.main(), mu, "first");
  program.request(program.main(), mu, AccessMode::exclusive, "second");
  EXPECT_TOLD(program, "SL110");
  EXPECT_EQ(program.only().certainty, "certain");
  EXPECT_NE(program.only().title.find("'mu' again while it holds it"), std::string::npos);
}

TEST(LockAgain, lock_again_what_a_goroutine_started_under_it_may_free_is_silent) {
  Program program;
  Object mu{ObjectKind::mutex};
  program.lock(program.main(), mu);
  Goroutine& g = program.go(program.main());
  program.block(program.main(), mu);
  EXPECT_SILENT(program);
  program.unlock(g, mu);
  EXPECT_TOLD(program, "SL121");
}

TEST(LockAgain, lock_again_what_a_goroutine_told_of_it_may_free_is_silent) {
  Object jobs{ObjectKind::channel}, group{ObjectKind::wait_group}, other{ObjectKind::mutex};
  Object cond{ObjectKind::cond};
  const int os_mutex = 0;
  const std::vector<std::function<void(Program&)>> ways{
      [&](Program& p) { p.send(p.main(), jobs); },
      [&](Program& p) { p.close(p.main(), jobs); },
      [&](Program& p) { p.receive(p.main(), jobs); },
      [&](Program& p) { p.notify(p.main(), cond, 1); },
      [&](Program& p) {
        p.add(p.main(), group);
        p.done(p.main(), group);
      },
      [&](Program& p) { p.nest(p.main(), {&other}); },
      [&](Program& p) {
        p.os_lock(p.main(), os_mutex);
        p.os_unlock(p.main(), os_mutex);
      },
      [&](Program& p) { p.signal(p.main()); },
  };
  for (std::size_t i = 0; i < ways.size(); ++i) {
    for (Object* each : {&jobs, &group, &other, &cond}) each->tag.id = 0;
    Program program;
    Object mu{ObjectKind::mutex};
    Goroutine& worker = program.go(program.main());
    program.lock(program.main(), mu);
    ways[i](program);
    program.block(program.main(), mu);
    program.hub().check_leaks();
    EXPECT_SILENT(program) << "way " << i;
    program.unlock(worker, mu);
    program.unpark(program.main());
    EXPECT_TOLD(program, "SL121") << "way " << i;
  }
}

TEST(LockAgain, lock_again_where_nobody_was_told_since_is_certain) {
  Program program;
  Object mu{ObjectKind::mutex}, jobs{ObjectKind::channel};
  program.go(program.main());
  program.send(program.main(), jobs);
  program.lock(program.main(), mu);
  program.block(program.main(), mu);
  EXPECT_TOLD(program, "SL110");
}

TEST(LockAgain, lock_again_is_told_as_likely_at_the_end) {
  Program program;
  Object mu{ObjectKind::mutex}, jobs{ObjectKind::channel};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu, "first");
  program.send(g, jobs);
  program.block(g, mu);
  EXPECT_SILENT(program);
  program.run_end();
  EXPECT_TOLD(program, "SL110", "SL401");
  EXPECT_EQ(told().front().certainty, "likely");
}

TEST(LockAgain, a_once_called_from_its_own_function_is_certain_whoever_was_told) {
  Program program;
  Object once{ObjectKind::once};
  program.lock(program.main(), once);
  program.go(program.main());
  program.block(program.main(), once);
  EXPECT_TOLD(program, "SL110");
}

TEST(LockAgain, upgrade_from_reading_to_writing_is_certain) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  program.read(program.main(), rw);
  program.request(program.main(), rw, AccessMode::exclusive);
  EXPECT_TOLD(program, "SL110");
  EXPECT_NE(program.only().title.find("write-locks"), std::string::npos);
}

TEST(LockAgain, reading_under_its_own_write_lock_is_certain) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  program.lock(program.main(), rw);
  program.request(program.main(), rw, AccessMode::shared);
  EXPECT_TOLD(program, "SL110");
}

TEST(LockAgain, a_once_called_from_its_own_function) {
  Program program;
  Object once{ObjectKind::once};
  program.lock(program.main(), once);
  program.request(program.main(), once);
  EXPECT_TOLD(program, "SL110");
  EXPECT_NE(program.only().title.find("from inside its own function"), std::string::npos);
}

TEST(LockAgain, read_lock_twice_is_feasible) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  program.read(program.main(), rw);
  program.read(program.main(), rw);
  EXPECT_TOLD(program, "SL103");
  EXPECT_EQ(program.only().certainty, "feasible");
  program.unread(program.main(), rw);
  program.unread(program.main(), rw);
  EXPECT_TOLD(program, "SL103");
}

TEST(LockAgain, read_lock_twice_with_a_writer_between_is_certain) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  Goroutine& writer = program.go(program.main());
  program.read(program.main(), rw);
  program.block(writer, rw);
  program.request(program.main(), rw, AccessMode::shared);
  EXPECT_TOLD(program, "SL103");
  EXPECT_EQ(program.only().certainty, "certain");
}

TEST(LockAgain, read_lock_after_the_first_was_freed_is_silent) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  for (int i = 0; i < 3; ++i) {
    program.read(program.main(), rw);
    program.unread(program.main(), rw);
  }
  EXPECT_SILENT(program);
}

TEST(LockAgain, a_wrong_verdict_is_withdrawn) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(program.main(), mu);
  program.block(program.main(), mu);
  EXPECT_TOLD(program, "SL110");
  program.unlock(g, mu);
  program.unpark(program.main());
  EXPECT_TOLD(program, "SL110", "SL121", "SL999");
}

TEST(LockAgain, a_wrong_verdict_is_withdrawn_once) {
  Program program;
  std::list<Object> locks;
  Goroutine& g = program.go(program.main());
  for (int i = 0; i < 100; ++i) {
    Object& mu = locks.emplace_back(ObjectKind::mutex);
    program.lock(program.main(), mu);
    program.block(program.main(), mu);
    program.unlock(g, mu);
    program.unpark(program.main());
  }
  EXPECT_TOLD(program, "SL110", "SL121", "SL999");
}

TEST(LockAgain, a_suppressed_verdict_is_not_withdrawn) {
  const std::string file = testing::TempDir() + "suppressed_verdict";
  std::ofstream(file) << "SL110:*\n";
  Program program("check,suppress=" + file);
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(program.main(), mu);
  program.block(program.main(), mu);
  program.unlock(g, mu);
  program.unpark(program.main());
  EXPECT_TOLD(program, "SL121");
}

}  // namespace
}  // namespace sluice::checked::test
