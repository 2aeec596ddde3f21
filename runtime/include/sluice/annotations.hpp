// Names for clang's thread-safety attributes, so that -Wthread-safety can prove who holds which
// lock. Empty elsewhere.
#pragma once

/// An attribute of clang's; empty elsewhere. For the macros below.
#if defined(__clang__)
#define SLUICE_ATTRIBUTE(x) __attribute__((x))
#else
#define SLUICE_ATTRIBUTE(x)
#endif

/// A class that is a lock; `name` is what clang calls it.
#define SLUICE_CAPABILITY(name) SLUICE_ATTRIBUTE(capability(name))
/// A class that holds a lock from its constructor to its destructor.
#define SLUICE_SCOPED_CAPABILITY SLUICE_ATTRIBUTE(scoped_lockable)
/// The data member may only be read with the lock held (shared is enough) and written with it held
/// exclusively.
#define SLUICE_GUARDED_BY(...) SLUICE_ATTRIBUTE(guarded_by(__VA_ARGS__))
/// The same for what the pointer points to.
#define SLUICE_PT_GUARDED_BY(...) SLUICE_ATTRIBUTE(pt_guarded_by(__VA_ARGS__))
/// The caller holds the lock, and still does afterwards.
#define SLUICE_REQUIRES(...) SLUICE_ATTRIBUTE(requires_capability(__VA_ARGS__))
/// The caller holds it at least for reading.
#define SLUICE_REQUIRES_SHARED(...) SLUICE_ATTRIBUTE(requires_shared_capability(__VA_ARGS__))
/// The caller must not hold the lock: the function takes it.
#define SLUICE_EXCLUDES(...) SLUICE_ATTRIBUTE(locks_excluded(__VA_ARGS__))
/// The function takes the lock; without an argument, the object is the lock.
#define SLUICE_ACQUIRE(...) SLUICE_ATTRIBUTE(acquire_capability(__VA_ARGS__))
/// The same for reading.
#define SLUICE_ACQUIRE_SHARED(...) SLUICE_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
/// The function frees the lock.
#define SLUICE_RELEASE(...) SLUICE_ATTRIBUTE(release_capability(__VA_ARGS__))
/// The same for reading.
#define SLUICE_RELEASE_SHARED(...) SLUICE_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
/// The function frees the lock, however it was taken.
#define SLUICE_RELEASE_GENERIC(...) SLUICE_ATTRIBUTE(release_generic_capability(__VA_ARGS__))
/// The function has taken the lock if it returns the first argument.
#define SLUICE_TRY_ACQUIRE(...) SLUICE_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
/// The same for reading.
#define SLUICE_TRY_ACQUIRE_SHARED(...) SLUICE_ATTRIBUTE(try_acquire_shared_capability(__VA_ARGS__))
/// The function returns a reference to the lock `x`.
#define SLUICE_RETURN_CAPABILITY(x) SLUICE_ATTRIBUTE(lock_returned(x))
/// The function is not looked at: what it does can't be proven.
#define SLUICE_NO_THREAD_SAFETY_ANALYSIS SLUICE_ATTRIBUTE(no_thread_safety_analysis)
