// All checks, by name. A new check adds its line here.
#include "sluice-checker/registry.hpp"

#include "checks/held_wrongly.hpp"
#include "checks/missing_unlock.hpp"
#include "checks/syntax_checks.hpp"
#include "glob.hpp"

namespace sluice::checker {
llvm::ArrayRef<CheckEntry> all_checks() {
  static constexpr OptionEntry kMissingUnlock[] = {
      {"StrictExceptions", "treat every call that is not noexcept as a way out of the function"},
  };
  static constexpr OptionEntry kOffByDefault[] = {
      {"Strict", "look for it at all"},
  };
  static constexpr CheckEntry kChecks[] = {
      {"sluice-after-in-loop",
       "a timer made in each round of a loop's select",
       {},
       make_after_in_loop},
      {"sluice-blocking-under-lock", "a wait for somebody else while a lock is held", kOffByDefault,
       make_blocking_under_lock},
      {"sluice-channel-misuse",
       "a channel that is sent to or closed after it was closed",
       {},
       make_channel_misuse},
      {"sluice-cond-wait-without-loop",
       "a wait on a condition variable outside of a loop",
       {},
       make_cond_wait_without_loop},
      {"sluice-copied-sync", "a lock that is a copy of another one", {}, make_copied_sync},
      {"sluice-dangling-capture",
       "a goroutine that refers to a variable of a function that ends before it",
       {},
       make_dangling_capture},
      {"sluice-defer-lock", "a deferred lock where unlock is meant", {}, make_defer_lock},
      {"sluice-double-lock", "a lock that is taken again by who holds it", {}, make_double_lock},
      {"sluice-empty-critical-section",
       "a lock that is let go before anything is done under it",
       {},
       make_empty_critical_section},
      {"sluice-ignored-result",
       "a result nobody looks at that says whether it was done",
       {},
       make_ignored_result},
      {"sluice-leaked-goroutine",
       "a goroutine whose only result may never be received",
       {},
       make_leaked_goroutine},
      {"sluice-lock-order",
       "locks that are taken in one order here and in another one there",
       {},
       make_lock_order},
      {"sluice-loop-capture",
       "a loop variable that a goroutine captures by reference",
       {},
       make_loop_capture},
      {"sluice-manual-unlock", "a lock that is locked and unlocked by hand where a scope would do",
       kOffByDefault, make_manual_unlock},
      {"sluice-mismatched-exit", "a function after which callers can't tell whether a lock is held",
       kOffByDefault, make_mismatched_exit},
      {"sluice-missing-unlock", "a path that leaves a function with a lock held", kMissingUnlock,
       make_missing_unlock},
      {"sluice-os-lock-across-park",
       "a lock of the operating system's threads held while a goroutine parks",
       {},
       make_os_lock_across_park},
      {"sluice-recursive-read-lock",
       "a lock taken for reading by who reads under it already",
       {},
       make_recursive_read_lock},
      {"sluice-select-switch",
       "a switch over select whose labels do not fit its cases",
       {},
       make_select_switch},
      {"sluice-stack-hog",
       "a variable that does not fit on a goroutine's stack",
       {},
       make_stack_hog},
      {"sluice-thread-blocking-call",
       "a call that stops the thread under a goroutine",
       {},
       make_thread_blocking_call},
      {"sluice-unlock-not-held",
       "a lock that is unlocked twice, or in another mode than it was locked in",
       {},
       make_unlock_not_held},
      {"sluice-wait-under-lock",
       "a wait under a lock that those waited for take",
       {},
       make_wait_under_lock},
      {"sluice-waitgroup-add-inside",
       "a goroutine that adds itself to a WaitGroup",
       {},
       make_waitgroup_add_inside},
      {"sluice-waitgroup-mismatch",
       "a WaitGroup told another number than that of its goroutines",
       {},
       make_waitgroup_mismatch},
      {"sluice-waitgroup-missing-done",
       "a goroutine that can end without the done() that it owes",
       {},
       make_waitgroup_missing_done},
  };
  return kChecks;
}

const CheckEntry* find_check(std::string_view name) {
  for (const CheckEntry& entry : all_checks()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

bool selected(std::string_view globs, std::string_view name) {
  if (globs.empty()) return true;
  bool on = false;
  while (!globs.empty()) {
    const std::size_t comma = globs.find(',');
    std::string_view glob = globs.substr(0, comma);
    globs = comma == std::string_view::npos ? std::string_view() : globs.substr(comma + 1);
    while (!glob.empty() && glob.front() == ' ') glob.remove_prefix(1);
    while (!glob.empty() && glob.back() == ' ') glob.remove_suffix(1);
    const bool adds = glob.empty() || glob.front() != '-';
    if (!adds) glob.remove_prefix(1);
    if (!glob.empty() && glob_matches(glob, name)) on = adds;
  }
  return on;
}

}  // namespace sluice::checker
