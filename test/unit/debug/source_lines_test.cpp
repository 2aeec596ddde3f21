// Names of variables as their source line gives them.
#include "debug/source_lines.hpp"

#include <gtest/gtest.h>

namespace sluice::checked {
namespace {

TEST(SourceLine, reads_one_line_or_nothing) {
  EXPECT_EQ(source_line(__FILE__, 1), "// Names of variables as their source line gives them.");
  EXPECT_EQ(source_line(__FILE__, 1'000'000), "");
  EXPECT_EQ(source_line("no/such/file.cc", 1), "");
  EXPECT_EQ(source_line(__FILE__, 1, 2),
            "// Names of variables as their source line gives them.\n"
            "#include \"debug/source_lines.hpp\"");
}

TEST(VariableMadeAt, finds_the_name_that_is_initialised) {
  EXPECT_EQ(variable_made_at("  auto jobs = sluice::make_chan<int>(4);"), "jobs");
  EXPECT_EQ(variable_made_at("sluice::Chan<int> results{make_chan<int>()};"), "results");
  EXPECT_EQ(variable_made_at("  Pool() : jobs_(sluice::make_chan<Job>(8)) {}"), "jobs_");
  EXPECT_EQ(variable_made_at("\tauto mu=std::make_unique<sluice::Mutex>();"), "mu");
  EXPECT_EQ(variable_made_at("  auto* wg = new sluice::WaitGroup;"), "wg");
}

TEST(VariableMadeAt, says_nothing_when_the_line_does_not) {
  EXPECT_EQ(variable_made_at("  return sluice::make_chan<int>();"), "");
  EXPECT_EQ(variable_made_at("  sluice::Mutex mu;"), "");
  EXPECT_EQ(variable_made_at("make_chan<int>()"), "");
  EXPECT_EQ(variable_made_at(""), "");
}

using detail::ObjectKind;

std::string used(std::string_view text, ObjectKind kind, std::size_t index = 0) {
  return variable_used_at(text, kind, index);
}

TEST(VariableUsedAt, finds_whose_method_is_called) {
  EXPECT_EQ(used("    wake_.send();", ObjectKind::channel), "wake_");
  EXPECT_EQ(used("  if (auto job = pool->jobs.recv()) return;", ObjectKind::channel), "pool->jobs");
  EXPECT_EQ(used("  this->mu_.lock();", ObjectKind::mutex), "mu_");
  EXPECT_EQ(used("  Bank::mu.lock_shared();", ObjectKind::rw_mutex), "Bank::mu");
  EXPECT_EQ(used("  workers.wait();", ObjectKind::wait_group), "workers");
}

TEST(VariableUsedAt, finds_what_a_scope_holds_and_a_loop_receives_from) {
  EXPECT_EQ(used("  sluice::Lock lock(bank.mu);", ObjectKind::mutex), "bank.mu");
  EXPECT_EQ(used("  std::lock_guard<sluice::Mutex> lock{ mu_ };", ObjectKind::mutex), "mu_");
  EXPECT_EQ(used("  sluice::SharedLock lock(*mu);", ObjectKind::rw_mutex), "mu");
  EXPECT_EQ(used("  for (Job job : pool.jobs) run(job);", ObjectKind::channel), "pool.jobs");
}

TEST(VariableUsedAt, finds_the_cases_of_a_select) {
  const std::string_view text =
      "  switch (sluice::select(on_recv(stop_), on_recv(box->in, message),\n"
      "                         on_send(out, 1), on_recv(sluice::after(10ms)))) {\n"
      "    case 0: in.send(1);";
  EXPECT_EQ(used(text, ObjectKind::channel, 0), "stop_");
  EXPECT_EQ(used(text, ObjectKind::channel, 1), "box->in");
  EXPECT_EQ(used(text, ObjectKind::channel, 2), "out");
  EXPECT_EQ(used(text, ObjectKind::channel, 3), "");
  EXPECT_EQ(used(text, ObjectKind::channel, 4), "");
}

TEST(VariableUsedAt, says_nothing_when_the_line_says_two_things_or_none) {
  EXPECT_EQ(used("  in.send(*out.recv());", ObjectKind::channel), "");
  EXPECT_EQ(used("  stopper.should_stop().recv();", ObjectKind::channel), "");
  EXPECT_EQ(used("  locks[i].lock();", ObjectKind::mutex), "");
  EXPECT_EQ(used("  std::scoped_lock both(a, b);", ObjectKind::mutex), "");
  EXPECT_EQ(used("  std::unique_lock lock(mu, std::defer_lock);", ObjectKind::mutex), "");
  EXPECT_EQ(used("  block(mu);", ObjectKind::mutex), "");
  EXPECT_EQ(used("  take(mu); // lock", ObjectKind::mutex), "");
  EXPECT_EQ(used("", ObjectKind::channel), "");
  EXPECT_EQ(used("  send(1);", ObjectKind::channel), "");
}

TEST(VariableUsedAt, takes_the_operation_that_the_kind_has) {
  EXPECT_EQ(used("  ch.send(1); wg.wait();", ObjectKind::wait_group), "wg");
  EXPECT_EQ(used("  ready.wait(lock);", ObjectKind::cond), "ready");
  EXPECT_EQ(used("  wg.wait();", ObjectKind::mutex), "");
}

}  // namespace
}  // namespace sluice::checked
