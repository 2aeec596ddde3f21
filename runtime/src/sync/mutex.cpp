#include "sluice/mutex.hpp"
#include "sched/park.hpp"
#include "sluice/panic.hpp"
#include "sync/observed_lock.hpp"

namespace sluice {

using namespace detail;

ObjectRef Mutex::object() noexcept {
  return {this, &tag_, ObjectKind::mutex, AccessMode::exclusive};
}

void Mutex::created() noexcept {
  if (observed()) emit(EventKind::created, object(), SLUICE_CALL_SITE());
}

Mutex::~Mutex() {
  if (observed()) emit(EventKind::destroyed, object(), SLUICE_CALL_SITE(), core_.locked());
}

void Mutex::lock() noexcept {
  if (!observed()) {
    if (!core_.try_lock_fast()) core_.lock(WaitReason::mutex_lock);
    return;
  }
  lock_observed(
      object(), WaitReason::mutex_lock, SLUICE_CALL_SITE(), [this] { return core_.try_lock(); },
      [this] { core_.lock(WaitReason::mutex_lock); });
}

bool Mutex::try_lock() noexcept {
  if (!core_.try_lock_fast() && !core_.try_lock()) return false;
  if (observed()) emit(EventKind::lock_try_acquired, object(), SLUICE_CALL_SITE());
  return true;
}

void Mutex::unlock() noexcept {
  if (observed()) emit_frequent(EventKind::lock_released, object(), SLUICE_CALL_SITE());
  if (!core_.unlock()) fatal_error("sync: unlock of unlocked mutex");
}

}  // namespace sluice
