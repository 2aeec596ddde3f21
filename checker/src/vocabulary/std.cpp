// The lock API of the C++ standard library. The mutex classes differ only in which of the
// operations they have, so their rows are made from one list.
#include <array>

#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {
namespace {

// The operations of all mutexes; a class that lacks one never has it looked up.
#define SLUICE_STD_MUTEX(type, again)                                                          \
  {.name = type "::lock", .effect = Effect::acquire, .release = "unlock", .recursive = again}, \
      {.name = type "::unlock", .effect = Effect::release, .recursive = again},                \
      {.name = type "::try_lock",                                                              \
       .effect = Effect::acquire,                                                              \
       .success = Success::if_true,                                                            \
       .release = "unlock",                                                                    \
       .recursive = again},                                                                    \
      {.name = type "::try_lock_for",                                                          \
       .effect = Effect::acquire,                                                              \
       .success = Success::if_true,                                                            \
       .release = "unlock",                                                                    \
       .recursive = again},                                                                    \
  {                                                                                            \
    .name = type "::try_lock_until", .effect = Effect::acquire, .success = Success::if_true,   \
    .release = "unlock", .recursive = again                                                    \
  }

#define SLUICE_STD_SHARED_MUTEX(type)                                              \
  {.name = type "::lock_shared",                                                   \
   .effect = Effect::acquire,                                                      \
   .shared = true,                                                                 \
   .release = "unlock_shared"},                                                    \
      {.name = type "::unlock_shared", .effect = Effect::release, .shared = true}, \
      {.name = type "::try_lock_shared",                                           \
       .effect = Effect::acquire,                                                  \
       .success = Success::if_true,                                                \
       .shared = true,                                                             \
       .release = "unlock_shared"},                                                \
      {.name = type "::try_lock_shared_for",                                       \
       .effect = Effect::acquire,                                                  \
       .success = Success::if_true,                                                \
       .shared = true,                                                             \
       .release = "unlock_shared"},                                                \
  {                                                                                \
    .name = type "::try_lock_shared_until", .effect = Effect::acquire,             \
    .success = Success::if_true, .shared = true, .release = "unlock_shared"        \
  }

constexpr LockFunction kFunctions[] = {
    SLUICE_STD_MUTEX("std::mutex", false),
    SLUICE_STD_MUTEX("std::timed_mutex", false),
    SLUICE_STD_MUTEX("std::recursive_mutex", true),
    SLUICE_STD_MUTEX("std::recursive_timed_mutex", true),
    SLUICE_STD_MUTEX("std::shared_mutex", false),
    SLUICE_STD_MUTEX("std::shared_timed_mutex", false),
    SLUICE_STD_SHARED_MUTEX("std::shared_mutex"),
    SLUICE_STD_SHARED_MUTEX("std::shared_timed_mutex"),
    {.name = "std::lock", .effect = Effect::acquire, .lock = kAllArguments, .release = "unlock"},
    {.name = "std::try_lock",
     .effect = Effect::acquire,
     .success = Success::if_minus_one,
     .lock = kAllArguments,
     .release = "unlock"},
    {.name = "std::condition_variable::wait", .effect = Effect::keep, .lock = 0},
    {.name = "std::condition_variable::wait_for", .effect = Effect::keep, .lock = 0},
    {.name = "std::condition_variable::wait_until", .effect = Effect::keep, .lock = 0},
    {.name = "std::condition_variable_any::wait", .effect = Effect::keep, .lock = 0},
    {.name = "std::condition_variable_any::wait_for", .effect = Effect::keep, .lock = 0},
    {.name = "std::condition_variable_any::wait_until", .effect = Effect::keep, .lock = 0},
};

constexpr GuardType kGuards[] = {
    {.name = "std::lock_guard"},
    {.name = "std::scoped_lock"},
    {.name = "std::unique_lock", .movable = true},
    {.name = "std::shared_lock", .shared = true, .movable = true},
};

constexpr Spawner kSpawners[] = {
    {"std::thread::thread", "thread"},
    {"std::jthread::jthread", "thread"},
    {"std::async", "thread"},
};

}  // namespace

Rows std_rows() { return {kFunctions, kGuards, kSpawners}; }

}  // namespace sluice::checker
