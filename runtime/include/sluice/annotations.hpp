// Names for clang's thread-safety attributes, so that -Wthread-safety can prove who holds which
// lock. Empty elsewhere.
#pragma once

#if defined(__clang__)
#define SLUICE_ATTRIBUTE(x) __attribute__((x))
#else
#define SLUICE_ATTRIBUTE(x)
#endif

#define SLUICE_CAPABILITY(name) SLUICE_ATTRIBUTE(capability(name))
#define SLUICE_SCOPED_CAPABILITY SLUICE_ATTRIBUTE(scoped_lockable)
/// The data member may only be read with the lock held (shared is enough) and written with it held
/// exclusively.
#define SLUICE_GUARDED_BY(...) SLUICE_ATTRIBUTE(guarded_by(__VA_ARGS__))
#define SLUICE_PT_GUARDED_BY(...) SLUICE_ATTRIBUTE(pt_guarded_by(__VA_ARGS__))
#define SLUICE_REQUIRES(...) SLUICE_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define SLUICE_REQUIRES_SHARED(...) SLUICE_ATTRIBUTE(requires_shared_capability(__VA_ARGS__))
#define SLUICE_EXCLUDES(...) SLUICE_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define SLUICE_ACQUIRE(...) SLUICE_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define SLUICE_ACQUIRE_SHARED(...) SLUICE_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define SLUICE_RELEASE(...) SLUICE_ATTRIBUTE(release_capability(__VA_ARGS__))
#define SLUICE_RELEASE_SHARED(...) SLUICE_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
#define SLUICE_RELEASE_GENERIC(...) SLUICE_ATTRIBUTE(release_generic_capability(__VA_ARGS__))
#define SLUICE_TRY_ACQUIRE(...) SLUICE_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define SLUICE_TRY_ACQUIRE_SHARED(...) SLUICE_ATTRIBUTE(try_acquire_shared_capability(__VA_ARGS__))
#define SLUICE_RETURN_CAPABILITY(x) SLUICE_ATTRIBUTE(lock_returned(x))
#define SLUICE_NO_THREAD_SAFETY_ANALYSIS SLUICE_ATTRIBUTE(no_thread_safety_analysis)
