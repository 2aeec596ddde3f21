// Sees which locks of the operating system's threads (pthread_mutex_t, and so std::mutex)
// goroutines take and free. Knows nothing of what is wrong with it.
#pragma once

namespace sluice::detail {

// From now on the observer is told of them. Without glibc, and in a build with a sanitizer, which
// has taken the same functions over, nothing is told.
void watch_os_locks() noexcept;

}  // namespace sluice::detail
