#include "debug/leaks.hpp"

#include <algorithm>
#include <cstdio>

#include "debug/blocked_report.hpp"
#include "debug/own_stack.hpp"

namespace sluice::checked {
namespace {

constexpr std::int64_t kShortest = 200'000'000;
constexpr std::int64_t kLongest = 20'000'000'000;
constexpr std::int64_t kShare = 100;  // a look may take a hundredth of the time

}  // namespace

// What the caller keeps in registers is written to the stack first.
[[gnu::noinline]] LeakVerdict Leaks::look(bool memory) {
  __builtin_unwind_init();
  const Asking asking = Asking::here();
  std::vector<const void*> own = own_;
  books_.actors.for_each_block([&](const void* block) { own.push_back(block); });
  books_.objects.for_each_block([&](const void* block) { own.push_back(block); });
  LeakVerdict verdict;
  on_own_stack([&](Range stack) {
    verdict = LeakScan(books_, locks_, groups_).run(asking, stack, own, memory);
  });
  if (verdict.blind && !told_blind_) {
    told_blind_ = true;
    std::fputs(
        "sluice: note: leak scan is blind: it can't tell the blocks of this heap apart; only "
        "goroutines that wait for each other's locks are found\n",
        stderr);
  }
  return verdict;
}

std::size_t Leaks::tell(const LeakVerdict& verdict, bool after_main) {
  std::vector<DeadGoroutine> fresh;
  std::uint64_t number = 202;
  for (const DeadGoroutine& dead : verdict.dead) {
    if (dead.actor->told_blocked()) continue;
    fresh.push_back(dead);
    number = mix(number, mix(dead.uid, dead.epoch));
  }
  if (fresh.empty()) return verdict.dead.size();
  for (const DeadGoroutine& dead : fresh) dead.actor->judge("SL202", number);
  books_.reporter.is_new(number);
  Blocked blocked = describe_blocked(books_, locks_, groups_, fresh, verdict);
  blocked.after_main = after_main;
  const std::int64_t now = books_.roughly_since_start();
  books_.reporter.report([&] { return blocked_report(blocked, now); });
  return verdict.dead.size();
}

std::size_t Leaks::check(bool after_main) {
  const std::lock_guard guard(one_at_a_time_);
  return tell(look(), after_main);
}

void Leaks::sweep() {
  const std::unique_lock guard(one_at_a_time_, std::try_to_lock);
  if (!guard.owns_lock()) return;
  const std::vector<ActorState*>& stuck = sweep_.run();
  const bool news = std::any_of(stuck.begin(), stuck.end(), [](ActorState* actor) {
    return actor->verdict.load(std::memory_order_relaxed) == nullptr;
  });
  if (news) tell(look(false), false);
}

// The same as long as nobody has gone on, ended or begun to wait.
std::uint64_t Leaks::state_of_all() {
  std::uint64_t state = 0;
  bool any = false;
  books_.actors.for_each([&](ActorState& actor) {
    const std::uint64_t epoch = actor.epoch.load(std::memory_order_acquire);
    const std::uint64_t uid = actor.uid.load(std::memory_order_relaxed);
    if (uid == 0 || (epoch & 1) == 0) return;
    any = true;
    state += mix(uid, epoch);
  });
  return any ? state | 1 : 0;
}

void Leaks::quiet() {
  const std::unique_lock guard(one_at_a_time_, std::try_to_lock);
  const std::int64_t now = base::now();
  if (!guard.owns_lock() || now < next_) return;
  const std::uint64_t state = state_of_all();
  if (state == 0 || state == seen_) return;
  seen_ = state;
  const LeakVerdict verdict = look();
  tell(verdict, false);
  const std::int64_t spent = base::now() - now;
  pause_ = std::max(std::clamp(2 * pause_, kShortest, kLongest), kShare * spent);
  next_ = base::now() + pause_;
}

}  // namespace sluice::checked
