// Forcing what otherwise only happens by chance: that a goroutine goes on on another OS thread.
#pragma once

#include <sys/types.h>

namespace sluice::test {

// The OS thread that the caller runs on at this moment.
pid_t thread_id() noexcept;

// Parks the calling goroutine and returns on another OS thread than before. `check`, if given, runs
// on the old thread while the goroutine is away. False: it could not be done within eventually()'s
// patience.
[[nodiscard]] bool move_to_another_thread(void (*check)() = nullptr);

}  // namespace sluice::test
