// The lock API of this project's runtime, by name: test/checker/vocabulary compiles these names
// against its headers.
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {
namespace {

constexpr LockFunction kFunctions[] = {
    {.name = "sluice::Mutex::lock", .effect = Effect::acquire, .release = "unlock"},
    {.name = "sluice::Mutex::try_lock",
     .effect = Effect::acquire,
     .success = Success::if_true,
     .release = "unlock"},
    {.name = "sluice::Mutex::unlock", .effect = Effect::release},

    {.name = "sluice::RWMutex::lock", .effect = Effect::acquire, .release = "unlock"},
    {.name = "sluice::RWMutex::try_lock",
     .effect = Effect::acquire,
     .success = Success::if_true,
     .release = "unlock"},
    {.name = "sluice::RWMutex::unlock", .effect = Effect::release},
    {.name = "sluice::RWMutex::lock_shared",
     .effect = Effect::acquire,
     .shared = true,
     .release = "unlock_shared"},
    {.name = "sluice::RWMutex::try_lock_shared",
     .effect = Effect::acquire,
     .success = Success::if_true,
     .shared = true,
     .release = "unlock_shared"},
    {.name = "sluice::RWMutex::unlock_shared", .effect = Effect::release, .shared = true},

    {.name = "sluice::ReadLocker::lock",
     .effect = Effect::acquire,
     .shared = true,
     .release = "unlock"},
    {.name = "sluice::ReadLocker::try_lock",
     .effect = Effect::acquire,
     .success = Success::if_true,
     .shared = true,
     .release = "unlock"},
    {.name = "sluice::ReadLocker::unlock", .effect = Effect::release, .shared = true},

    {.name = "sluice::Cond::wait", .effect = Effect::keep, .lock = 0},
};

constexpr GuardType kGuards[] = {
    {.name = "sluice::Lock"},
    {.name = "sluice::SharedLock", .shared = true},
};

constexpr Spawner kSpawners[] = {
    {"sluice::go", "goroutine"},
    {"sluice::WaitGroup::go", "goroutine"},
    {"sluice::ErrGroup::go", "goroutine"},
    {"sluice::ErrGroup::try_go", "goroutine"},
};

}  // namespace

Rows sluice_rows() { return {kFunctions, kGuards, kSpawners}; }

}  // namespace sluice::checker
