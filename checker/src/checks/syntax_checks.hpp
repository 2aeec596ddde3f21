// The checks that need nothing but the syntax tree: each looks at calls and at what stands around
// them.
#pragma once

#include <memory>

#include "sluice-checker/check.hpp"

namespace sluice::checker {

std::unique_ptr<Check> make_after_in_loop();
std::unique_ptr<Check> make_channel_misuse();
std::unique_ptr<Check> make_cond_wait_without_loop();
std::unique_ptr<Check> make_copied_sync();
std::unique_ptr<Check> make_dangling_capture();
std::unique_ptr<Check> make_defer_lock();
std::unique_ptr<Check> make_empty_critical_section();
std::unique_ptr<Check> make_ignored_result();
std::unique_ptr<Check> make_leaked_goroutine();
std::unique_ptr<Check> make_loop_capture();
std::unique_ptr<Check> make_manual_unlock();
std::unique_ptr<Check> make_select_switch();
std::unique_ptr<Check> make_stack_hog();
std::unique_ptr<Check> make_thread_blocking_call();
std::unique_ptr<Check> make_waitgroup_add_inside();
std::unique_ptr<Check> make_waitgroup_mismatch();
std::unique_ptr<Check> make_waitgroup_missing_done();

}  // namespace sluice::checker
